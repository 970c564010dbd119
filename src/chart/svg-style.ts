/**
 * How a chart looks. A page that holds the picture inline may set the properties `--chart-…` on
 * whatever is around it; without, they follow the reader's colour scheme.
 */
export const STYLE = `
.statechart {
  --ink: var(--chart-ink, #1f2328);
  --quiet: var(--chart-quiet, #59636e);
  --line: var(--chart-line, #6e7781);
  --paper: var(--chart-paper, #ffffff);
  --box: var(--chart-box, #f6f8fa);
  --edge: var(--chart-edge, #8c959f);
  --active: var(--chart-active, #0969da);
  --active-box: var(--chart-active-box, #ddf4ff);
  --took: var(--chart-took, #bc4c00);
  font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
}
@media (prefers-color-scheme: dark) {
  .statechart {
    --ink: var(--chart-ink, #e6edf3);
    --quiet: var(--chart-quiet, #9da7b3);
    --line: var(--chart-line, #8b949e);
    --paper: var(--chart-paper, #0d1117);
    --box: var(--chart-box, #161b22);
    --edge: var(--chart-edge, #6e7681);
    --active: var(--chart-active, #58a6ff);
    --active-box: var(--chart-active-box, #12325c);
    --took: var(--chart-took, #f0883e);
  }
}
.statechart .paper { fill: var(--paper); }
.statechart text { fill: var(--ink); font-size: 11px; }
.statechart .box { fill: var(--box); stroke: var(--edge); }
.statechart .inner, .statechart .rule { fill: none; stroke: var(--edge); }
.statechart .holder > .box { fill: var(--paper); }
.statechart .region > .box { stroke-dasharray: 5 4; }
.statechart .name { font-size: 13px; font-weight: 600; }
.statechart .note { fill: var(--quiet); }
.statechart .route { fill: none; stroke: var(--line); }
.statechart .head, .statechart .dot { fill: var(--line); }
.statechart .words > text {
  text-anchor: middle;
  paint-order: stroke;
  stroke: var(--paper);
  stroke-width: 4px;
}
.statechart .active > .box { fill: var(--active-box); stroke: var(--active); stroke-width: 2; }
.statechart .active > .inner { stroke: var(--active); }
.statechart .holder.active > .box { fill: var(--paper); }
.statechart .shared > .route, .statechart .shared > .head { visibility: hidden; }
.statechart .took > .route { stroke: var(--took); stroke-width: 2.5; visibility: visible; }
.statechart .took > .head, .statechart .took > text { fill: var(--took); visibility: visible; }
`;
