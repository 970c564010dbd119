/** Gives the boxes and arrows of a chart their places, by the Eclipse Layout Kernel. */
import ElkModule, { type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import { labelOf, type Way, waysOf } from '../../src/chart/arrow-label.ts';
import type { Arrow, ChartLayout, Point, Rectangle, Route } from '../../src/chart/chart-layout.ts';
import { boxOf } from '../../src/chart/state-box.ts';
import type { Chart, ChartState } from '../../src/machines/chart.ts';

// The package says that its default export is the constructor; Node sees the module around it.
const Elk = ElkModule as unknown as typeof ElkModule.default;

const DOT = 10;
const SIDE = 12;
const INITIAL = ' initial';

/** Said anew for every state with states in it: they are not passed on. */
const OPTIONS: Record<string, string> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.edgeLabels.centerLabelPlacementStrategy': 'TAIL_LAYER',
  'elk.randomSeed': '12', // Of 30 the one with the fewest crossings.
  'elk.spacing.nodeNode': '20',
  'elk.spacing.edgeNode': '10',
  'elk.spacing.edgeEdge': '9',
  'elk.spacing.edgeLabel': '4',
  'elk.spacing.labelLabel': '6',
  'elk.layered.spacing.nodeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeNodeBetweenLayers': '9',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
};

/** What these arrows point to stands below where they come from. */
const FIRST = { 'elk.layered.priority.direction': '20', 'elk.layered.priority.straightness': '10' };
const FORWARD = { 'elk.layered.priority.direction': '4' };
/** Labels stand on their lines, so that none can be taken for a neighbour's. */
const INLINE = { 'elk.edgeLabels.inline': 'true' };

/** Takes a second or two. The same chart gives the same layout. */
export const layOutChart = async (chart: Chart): Promise<ChartLayout> => {
  const [root] = chart.states;
  if (root === undefined) throw new RangeError('a chart has at least its root');
  const graph = await new Elk().layout({
    id: ' picture',
    layoutOptions: OPTIONS,
    children: [toNode(chart, root)],
    edges: [...initialEdges(chart), ...wayEdges(chart)],
  });
  return startingLeft(fromElk(chart, graph));
};

const toNode = (chart: Chart, state: ChartState): ElkNode => {
  const { width, height } = boxOf(chart, state);
  const children = chart.states.filter(({ parent }) => parent === state.id);
  if (children.length === 0) return { id: state.id, width, height };
  const widest = Math.max(...children.map((child) => boxOf(chart, child).width));
  const side = Math.max(SIDE, (width - widest) / 2);
  const dot = state.initial === null ? [] : [{ id: state.id + INITIAL, width: DOT, height: DOT }];
  return {
    id: state.id,
    layoutOptions: {
      ...OPTIONS,
      'elk.padding': `[top=${height + 4},left=${side},bottom=${SIDE},right=${side}]`,
    },
    children: [...dot, ...children.map((child) => toNode(chart, child))],
  };
};

const initialEdges = (chart: Chart): Array<ElkExtendedEdge> =>
  chart.states.flatMap(({ id, initial }) => {
    if (initial === null) return [];
    const dot = id + INITIAL;
    return [{ id: dot, sources: [dot], targets: [initial], layoutOptions: FIRST }];
  });

const wayEdges = (chart: Chart): Array<ElkExtendedEdge> => {
  const order = chart.states.map(({ id }) => id);
  const parents = new Map(chart.states.map(({ id, parent }) => [id, parent]));
  const isForward = ({ source, target }: Way): boolean =>
    parents.get(source) === parents.get(target) && order.indexOf(source) < order.indexOf(target);
  return waysOf(chart).map((way) => {
    const { id, source, target } = way;
    const { width, height } = labelOf(chart, way);
    const label = { id: `${id} label`, text: id, width, height, layoutOptions: INLINE };
    return {
      id,
      sources: [source],
      targets: [target],
      labels: height === 0 ? [] : [label],
      layoutOptions: isForward(way) ? FORWARD : {},
    };
  });
};

const fromElk = (chart: Chart, graph: ElkNode): ChartLayout => {
  const boxes = new Map<string, Rectangle>();
  const initials = new Map<string, Route>();
  const arrows = new Map<string, Arrow>();
  const collect = (node: ElkNode): void => {
    const { x = 0, y = 0, width = 0, height = 0 } = node;
    if (chart.states.some(({ id }) => id === node.id)) boxes.set(node.id, { x, y, width, height });
    node.children?.forEach(collect);
    for (const edge of node.edges ?? []) {
      const parent = edge.id.endsWith(INITIAL) ? edge.id.slice(0, -INITIAL.length) : null;
      if (parent === null) arrows.set(edge.id, { route: routeOf(edge), label: labelPoint(edge) });
      else initials.set(parent, routeOf(edge));
    }
  };
  collect(graph);
  return { chart, width: graph.width ?? 0, height: graph.height ?? 0, boxes, initials, arrows };
};

const routeOf = ({ id, sections = [] }: ElkExtendedEdge): Route => {
  const [section] = sections;
  if (section === undefined) throw new RangeError(`there is no way for ${id}`);
  const { startPoint, bendPoints = [], endPoint } = section;
  return [startPoint, ...bendPoints, endPoint].map(({ x, y }) => ({ x, y }));
};

const labelPoint = ({ labels = [] }: ElkExtendedEdge): Point | null => {
  const [label] = labels;
  if (label === undefined) return null;
  const { x = 0, y = 0, width = 0 } = label;
  return { x: x + width / 2, y };
};

/** Readers begin at the left: where the first state is at the right, the picture is mirrored. */
const startingLeft = (layout: ChartLayout): ChartLayout => {
  const { chart, width } = layout;
  const first = layout.boxes.get(chart.states[0]?.initial ?? '');
  if (first === undefined || first.x + first.width / 2 <= width / 2) return layout;
  const turned = ({ x, y }: Point): Point => ({ x: width - x, y });
  const boxes = [...layout.boxes].map(
    ([id, box]) => [id, { ...box, x: width - box.x - box.width }] as const,
  );
  const initials = [...layout.initials].map(([id, route]) => [id, route.map(turned)] as const);
  const arrows = [...layout.arrows].map(([id, { route, label }]) => {
    const arrow = { route: route.map(turned), label: label === null ? null : turned(label) };
    return [id, arrow] as const;
  });
  return {
    ...layout,
    boxes: new Map(boxes),
    initials: new Map(initials),
    arrows: new Map(arrows),
  };
};
