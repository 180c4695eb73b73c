// Series over positions (time, nines) or over labels that stand side by side; intervals as whiskers, limits as dashed
// lines, single limits as diamonds, a warm-up as a shade.

import {categoryAxis, legend, legendRows, limitLines, lines, roundedUp, small, tooltip, valueAxis} from './frame.js';
import {placed} from './labels.js';
import {short, tick, withInterval} from './numbers.js';
import {ofMark} from './palette.js';

const plotHeight = 290;
const nines = new Map([[0, '0'], [1, '90%'], [2, '99%'], [3, '99.9%'], [4, '99.99%']]);
const steps = [1e-3, 0.01, 0.1, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21600, 43200, 86400];
const symbols = ['circle', 'rect', 'triangle', 'roundRect', 'pin', 'emptyCircle', 'emptyRect', 'emptyTriangle'];

/** What is drawn between the ends of each interval. */
function whiskers(series, at, color, has = () => true) {
  return {
    type: 'custom', silent: true, z: 1, encode: {x: 0, y: [1, 2]}, tooltip: {show: false},
    data: series.values.map((value, i) => value === null || !has(i) ? null : [at(i), series.lo[i], series.hi[i]]).filter(Boolean),
    renderItem: (_, api) => {
      const [x, low] = api.coord([api.value(0), api.value(1)]);
      const high = api.coord([api.value(0), api.value(2)])[1];
      if (!Number.isFinite(low) || !Number.isFinite(high)) return null;
      const style = {stroke: color, lineWidth: 1.5, opacity: 0.7};
      return {type: 'group', children: [[x, low, x, high], [x - 4, low, x + 4, low], [x - 4, high, x + 4, high]].map(
        ([x1, y1, x2, y2]) => ({type: 'line', shape: {x1, y1, x2, y2}, style}))};
    },
  };
}

/** Of points whose places are estimates too, those that a mark stands beside have their intervals drawn. */
const marked = (chart) => {
  const beside = (mark) => chart.x.reduce((best, x, i) => Math.abs(x - mark.at) < Math.abs(chart.x[best] - mark.at) ? i : best, 0);
  const places = new Set(chart.marks.map(beside));
  return (i) => places.has(i);
};

/** The same along x, of one series: where its points may stand. */
function levels(series, chart, color) {
  const has = marked(chart);
  return {
    type: 'custom', silent: true, z: 1, encode: {x: [1, 2], y: 0}, tooltip: {show: false},
    data: series.values.map((value, i) => value === null || !has(i) ? null : [value, chart.xLo[i], chart.xHi[i]]).filter(Boolean),
    renderItem: (_, api) => {
      const [x1, y] = api.coord([api.value(1), api.value(0)]);
      const x2 = api.coord([api.value(2), api.value(0)])[0];
      const style = {stroke: color, lineWidth: 1.5, opacity: 0.7};
      return {type: 'group', children: [[x1, y, x2, y], [x1, y - 4, x1, y + 4], [x2, y - 4, x2, y + 4]].map(
        (ends) => ({type: 'line', shape: {x1: ends[0], y1: ends[1], x2: ends[2], y2: ends[3]}, style}))};
    },
  };
}

function xAxis(chart, colors) {
  if (!chart.x) {
    const marks = chart.series[0].words;  // below the labels, so that colour alone says nothing
    return categoryAxis(marks ? chart.labels.map((label, i) => `${label}\n${marks[i]}`) : chart.labels, colors,
                        {name: chart.xName, nameLocation: 'middle', nameGap: marks ? 44 : 26, boundaryGap: true,
                         nameTextStyle: {color: colors.soft, fontSize: small},
                         axisLabel: {color: colors.soft, fontSize: small, lineHeight: 17, hideOverlap: true}});
  }
  const isNines = chart.xUnit === 'nines';
  if (chart.xUnit === '%') return shareAxis(chart, colors);
  const [before, middle] = chart.x.slice(-2);  // of the last window, which ends as far behind its middle as it began
  const last = isNines || chart.x.length < 2 ? chart.x[chart.x.length - 1] : middle + (middle - before) / 2;
  const step = isNines ? 1 : steps.find((each) => last / each <= 6);
  return {
    type: 'value', min: 0, max: isNines ? Math.max(1, Math.ceil(last - 1e-9)) : last,
    interval: step, name: chart.xName, nameLocation: 'middle',
    nameGap: 26, nameTextStyle: {color: colors.soft, fontSize: small}, splitLine: {lineStyle: {color: colors.line}},
    axisLine: {lineStyle: {color: colors.line}}, axisTick: {show: false},
    axisLabel: {color: colors.soft, fontSize: small, hideOverlap: true,
                formatter: (value) => isNines ? nines.get(value) || '' : tick(value, 'seconds')},
  };
}

const leastShare = (chart) =>
  Math.floor(Math.min(...chart.x, ...(chart.xLo || []).filter((_, i) => marked(chart)(i))) / 10) * 10;

/** The points that have room for their names: those a thirtieth of the axis from the last that has one. */
function named(chart) {
  const least = (100 - leastShare(chart)) / 30, has = new Set();
  let last = -Infinity;
  chart.x.forEach((x, i) => { if (x - last >= least) { has.add(i); last = x; } });
  return has;
}

/** Of a share in percent, from the first tens below the least to 100; the points are named by their labels. */
function shareAxis(chart, colors) {
  return {
    type: 'value', min: leastShare(chart), max: 100,
    name: `% (points: ${chart.xName})`, nameLocation: 'middle', nameGap: 26,
    nameTextStyle: {color: colors.soft, fontSize: small}, splitLine: {lineStyle: {color: colors.line}},
    axisLine: {lineStyle: {color: colors.line}}, axisTick: {show: false},
    axisLabel: {color: colors.soft, fontSize: small, formatter: (value) => `${value} %`},
  };
}

/** Diamonds with their names, over a logarithmic y axis. */
function singleLimits(chart, colors, most, y, width) {
  const inner = {width: width - 80, height: plotHeight - 60};  // between the axes, about
  const at = (x, value) => [inner.width * x / most,
                            inner.height * Math.log(value / y.min) / Math.log(y.max / y.min)];
  const places = placed(chart, at, inner.width, inner.height);
  return {
    type: 'scatter', symbol: 'diamond', symbolSize: 13, color: colors.limit, z: 5,
    data: chart.marks.map((mark, n) => ({name: mark.name, value: [mark.at, mark.value], label: places[n]})),
    label: {show: chart.xUnit !== '%', color: colors.limit, fontSize: small, formatter: (p) => p.name, textBorderColor: colors.paper,
            textBorderWidth: 3},
    labelLayout: {hideOverlap: true},
    tooltip: {formatter: (p) => lines('limit', [p.name])},
  };
}

export function lineOption(chart, colors, width) {
  const rows = chart.series.length > 1 ? legendRows(chart.series.map((s) => s.name), width) : 0;
  const unit = chart.series[0].unit;
  const at = (i) => chart.x ? chart.x[i] : i;
  const names = chart.xUnit === '%' ? named(chart) : new Set();
  // A logarithmic axis has no place for 0: nothing is drawn there.
  const drawable = (value) => value === null || (chart.log && value <= 0) ? '-' : value;
  const series = chart.series.flatMap((s, n) => {
    const color = colors.series[n % colors.series.length];
    const line = {
      name: s.name, type: 'line', symbol: symbols[n % symbols.length], symbolSize: chart.x ? 4 : 9, color,
      showSymbol: chart.xUnit !== 's' || chart.labels.length < 30, lineStyle: {width: 2}, connectNulls: false,
      label: chart.xUnit === '%' ? {show: n === 0, position: 'bottom', color: colors.soft, fontSize: small,
                                    formatter: (p) => names.has(p.dataIndex) ? chart.labels[p.dataIndex].split(' ').pop() : ''} : undefined,
      labelLayout: {hideOverlap: true},
      data: s.values.map((value, i) => ({
        value: [at(i), drawable(value)],
        itemStyle: s.words && !chart.x ? {color: ofMark(s.words[i], colors)} : undefined,
      })),
    };
    return s.lo && (!chart.x || chart.xLo) ? [whiskers(s, at, color, chart.xLo ? marked(chart) : undefined), line] : [line];
  });
  if (chart.xLo) series.push(levels(chart.series[0], chart, colors.series[0]));
  const first = series.find((s) => s.type === 'line');
  first.markLine = limitLines(chart.limits, 'yAxis', colors, 'insideEndTop');
  if (chart.across) first.markLine = limitLines(chart.across.map(({name, at: value}) => ({name, value})), 'xAxis', colors,
                                                'insideEndTop');
  if (chart.shadedUntil > 0)
    first.markArea = {silent: true, itemStyle: {color: colors.shade},
                      label: {color: colors.soft, fontSize: small, position: 'insideTop', textBorderColor: colors.paper,
                              textBorderWidth: 3},
                      data: [[{name: 'warm-up', xAxis: 0}, {xAxis: chart.shadedUntil}]]};
  // Limits belong into the picture even where all values are far below.
  const limit = Math.max(0, ...chart.limits.map((l) => l.value));
  const y = valueAxis(chart, unit, colors, {
    min: 0,
    max: (extent) => limit > extent.max ? roundedUp(limit * 1.05) : unit === 'count' && extent.max < 1 ? 1 : null});
  if (chart.log) {
    const limits = [...chart.limits, ...chart.marks].map((each) => each.value);
    const all = chart.series.flatMap((s) => chart.xLo ? [...s.lo, ...s.hi] : s.values).concat(limits).filter((value) => value > 0);
    y.min = 10 ** Math.floor(Math.log10(Math.min(...all)));
    y.max = 10 ** Math.ceil(Math.log10(Math.max(...all)));
  }
  const x = xAxis(chart, colors);
  if (chart.marks.length > 0) series.push(singleLimits(chart, colors, x.max, y, width));
  return {
    height: plotHeight + rows * 22,
    option: {
      legend: legend(chart.series.map((s) => s.name), colors),
      grid: {left: 8, right: 18, top: 16 + rows * 22, bottom: chart.series[0].words ? 46 : 28, containLabel: true},
      xAxis: x, yAxis: y, series,
      tooltip: tooltip(colors, (points) => {
        const i = points.find((p) => p.seriesType === 'line')?.dataIndex ?? 0;
        return lines(short(chart.labels[i], 40), chart.series.map((s) => `${s.name}: ${withInterval(s, i)}`));
      }, {trigger: 'axis'}),
    },
  };
}
