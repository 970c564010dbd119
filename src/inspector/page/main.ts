/** The inspector's page: puts its views on the line to the server. */

import { startDownloadChart, startPartChart } from './chart-views.ts';
import { showRefusal, startCommands } from './commands.ts';
import { connect } from './connection.ts';
import { startContext } from './context-view.ts';
import { startEventLog } from './event-log.ts';
import { createFrames } from './frames.ts';
import { startHead } from './head-view.ts';
import { startLanes } from './lanes-table.ts';
import { startLegend } from './legend.ts';
import { startLogFilter } from './log-filter.ts';
import { startPartMap } from './part-map.ts';
import { startPartStrip } from './part-strip.ts';
import { startPlots } from './plots.ts';
import { startScrubber } from './scrubber.ts';
import { startSequence } from './sequence-view.ts';
import { createStore } from './store.ts';
import { startTabs } from './tabs.ts';
import { startTheme } from './theme.ts';
import { startWaits } from './waits.ts';

const frames = createFrames((frame) => requestAnimationFrame(frame));
const store = createStore(frames);
const send = connect({
  onMessage: store.apply,
  onState: store.setConnection,
  onRefused: (message, reason) => {
    if (message.type === 'command') showRefusal(reason);
  },
});
// Whoever has no wheel scrolls with arrow keys, and for that has to get there.
for (const region of document.querySelectorAll<HTMLElement>('[data-scrolls]')) region.tabIndex = 0;
addEventListener('resize', () => frames.touch('size'));

const choosePart = (part: number): void => {
  store.select(part);
  send({ type: 'part', part });
};

startTheme(frames);
startHead(frames, store);
startCommands(frames, store, send);
startScrubber(frames, store, send);
startDownloadChart(frames, store);
startPartChart(frames, store);
startPartMap(frames, store, choosePart);
startPartStrip(frames, store, choosePart);
startLegend(frames, store);
startLanes(frames, store, choosePart);
startPlots(frames, store);
const tabs = startTabs(frames);
startLogFilter({ frames, store, send, tabs });
startEventLog(frames, store, tabs);
startSequence(frames, store, tabs);
startContext({ frames, store, send, tabs });
startWaits(frames, store);
