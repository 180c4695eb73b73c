// Draws every chart of the page from the numbers that stand beside it, and again when the width, the colour scheme or
// the medium changes; those of a folded point when it is opened. Nothing is fetched, and no text of the data is ever
// taken for markup.

import * as echarts from 'echarts/core';
import {BarChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart} from 'echarts/charts';
import {GraphicComponent, GridComponent, LegendPlainComponent, MarkAreaComponent, MarkLineComponent,
        ParallelComponent, TooltipComponent, VisualMapContinuousComponent} from 'echarts/components';
import {SVGRenderer} from 'echarts/renderers';
import {dark, light, ofStage} from './palette.js';
import {barOption, stackOption} from './bars.js';
import {dotsOption} from './dots.js';
import {explore} from './explorer.js';
import {heatOption} from './heat.js';
import {lineOption} from './lines.js';
import {follow, openTarget} from './links.js';
import {drawLimits, parallelOption} from './parallel.js';

echarts.use([BarChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart, GraphicComponent,
             GridComponent, LegendPlainComponent, MarkAreaComponent, MarkLineComponent, ParallelComponent,
             TooltipComponent, VisualMapContinuousComponent, SVGRenderer]);

const options = {line: lineOption, bars: barOption, stack: stackOption, heat: heatOption, parallel: parallelOption,
                 dots: dotsOption};
const widthOnPaper = 680;  // of A4 between its margins, in CSS pixels
const narrowest = 97;      // of a parallel axis; a plot that is wider than the page is scrolled
const font = getComputedStyle(document.body).fontFamily;
const scheme = window.matchMedia('(prefers-color-scheme: dark)');

function draw(figure, colors, width) {
  const chart = JSON.parse(figure.querySelector('.numbers').textContent);
  const plot = figure.querySelector('.plot');
  const room = chart.kind === 'parallel' ? Math.max(width, chart.series.length * narrowest) : width;
  const {height, option} = options[chart.kind](chart, colors, room);
  const label = plot.getAttribute('aria-label');
  echarts.getInstanceByDom(plot)?.dispose();
  plot.style.height = height + 'px';
  const drawn = echarts.init(plot, null, {renderer: 'svg', width: room, height});
  drawn.setOption({animation: false, aria: {enabled: false}, textStyle: {fontFamily: font, color: colors.ink},
                   color: colors.series, ...option});
  if (chart.kind === 'parallel') drawLimits(drawn, chart, colors);
  drawn.on('click', (point) => follow(figure, chart.kind, point));
  plot.setAttribute('aria-label', label);
  plot.dataset.drawn = 'true';
}

function drawAll(colors, width, within = document) {
  for (const figure of within.querySelectorAll('figure.chart'))
    if (!figure.closest('details.point:not([open])')) draw(figure, colors, width || figure.clientWidth);
}

const drawForScreen = (within) => drawAll(scheme.matches ? dark : light, 0, within);

let width = 0;
new ResizeObserver(() => {
  const now = document.querySelector('main').clientWidth;
  if (now === width) return;
  width = now;
  drawForScreen();
}).observe(document.querySelector('main'));
scheme.addEventListener('change', () => {
  drawForScreen();
  explore((stage) => ofStage(stage, scheme.matches ? dark : light));
});
document.addEventListener('toggle', (event) => {
  if (event.target.matches('details.point[open]')) drawForScreen(event.target);
}, true);
window.addEventListener('beforeprint', () => drawAll(light, widthOnPaper));
window.addEventListener('afterprint', () => drawForScreen());
window.addEventListener('hashchange', openTarget);
document.addEventListener('click', (event) => {
  if (event.target.closest('a')?.hash === location.hash) openTarget();  // the same link a second time
});
explore((stage) => ofStage(stage, scheme.matches ? dark : light));
openTarget();
