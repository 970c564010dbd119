/** uPlot as the page imports it: the server gives the package's own module as `uplot.js`. */
import uPlot = require('uplot');

// biome-ignore lint/style/noDefaultExport: the package has one.
export { uPlot as default };
