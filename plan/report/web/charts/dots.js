// Changes about zero, as a forest plot has them: a row each, under the heads of their groups; the interval as a
// whisker, the change as a dot, and in words at the right edge.

import {categoryAxis, lines, roundedUp, small, tooltip, valueAxis} from './frame.js';
import {change, changeTick, short} from './numbers.js';
import {ofMark} from './palette.js';

const rowHeight = 24;
const furthest = 3;  // what changes by more than 300 % is an arrow

/** The labels with a head before each group: {head} or {index}. */
function rowsOf(chart) {
  return chart.labels.flatMap((_, index) => {
    const head = chart.groups[index];
    return head === chart.groups[index - 1] ? [{index}] : [{head}, {index}];
  });
}

/** Ends of the axis and the step of its marks: room for all that lies between -100 % and `furthest`, and for zero. */
function axisOf(series, parts) {
  const ends = [...series.lo, ...series.hi].filter((value) => value !== null);
  const inside = ends.filter((value) => value >= -1 && value <= furthest);
  const bound = roundedUp(Math.max(0.01, ...inside.map(Math.abs)));
  const step = bound / parts;
  const steps = (most) => step * Math.max(1, Math.ceil(most / step - 1e-9));
  return {step, lo: -steps(Math.max(0, ...inside.map((value) => -value))),
          hi: ends.some((value) => value > furthest) ? bound : steps(Math.max(0, ...inside))};
}

/** The mark of a row, and what stands behind it. */
function said(series, i, withInterval) {
  if (series.values[i] === null) return series.words[i].match(/^([✓✗?]?) ?(.*)$/).slice(1);
  const [value, half] = change(series.values[i], series.lo[i], series.hi[i]);
  return [series.words[i], withInterval ? `${value} ${half}` : value];
}

function drawnRow(series, i, {y, edge, at, axis, colors, words: [mark, words]}) {
  const color = ofMark(mark, colors);
  const write = (text, x, fill) =>
    ({type: 'text', style: {text, x, y, fill, fontSize: small, verticalAlign: 'middle'}});
  const written = [write(mark, edge, color), write(words, edge + 16, colors.ink)];
  if (series.values[i] === null) return written;
  const [x1, x, x2] = [series.lo[i], series.values[i], series.hi[i]].map((v) => at(Math.min(axis.hi, Math.max(axis.lo, v))));
  if (series.values[i] > axis.hi) {
    const points = [[x - 10, y - 6], [x, y], [x - 10, y + 6]];
    return [...written, {type: 'polygon', shape: {points}, style: {fill: color}}];
  }
  const style = {stroke: color, lineWidth: 2, lineDash: mark === '?' ? [3, 3] : null};
  const whisker = [[x1, y, x2, y], [x1, y - 4, x1, y + 4], [x2, y - 4, x2, y + 4]].map(
    (ends) => ({type: 'line', shape: {x1: ends[0], y1: ends[1], x2: ends[2], y2: ends[3]}, style}));
  const isShown = mark === '✓' || mark === '✗';
  return [...written, ...whisker, {type: 'circle', shape: {cx: x, cy: y, r: 4.5},
                                   style: {fill: isShown ? color : colors.paper, stroke: color, lineWidth: 2}}];
}

export function dotsOption(chart, colors, width) {
  const series = chart.series[0];
  const rows = rowsOf(chart);
  const wide = width > 720;
  const axis = axisOf(series, wide ? 4 : 2);
  const names = rows.map((row) => row.head ? `{head|${row.head}}` : short(chart.labels[row.index], wide ? 40 : 24));
  const drawn = {
    type: 'custom', encode: {x: 1, y: 0}, clip: false,
    data: rows.flatMap((row, y) => row.head ? [] : [[y, series.values[row.index] ?? 0, row.index]]),
    renderItem: (params, api) => {
      const i = api.value(2);
      const place = {y: api.coord([0, api.value(0)])[1], edge: params.coordSys.x + params.coordSys.width + 10,
                     at: (value) => api.coord([value, 0])[0], axis, colors, words: said(series, i, wide)};
      return {type: 'group', children: drawnRow(series, i, place)};
    },
  };
  const zero = {
    type: 'scatter', data: [],
    markLine: {silent: true, symbol: 'none', lineStyle: {color: colors.soft, type: 'solid', width: 1.5},
               label: {color: colors.soft, fontSize: small, position: 'start', formatter: (line) => line.name},
               data: chart.limits.map((limit) => ({name: limit.name, xAxis: limit.value}))},
  };
  return {
    height: 52 + rows.length * rowHeight,
    option: {
      grid: {left: 4, right: wide ? 170 : 86, top: 24, bottom: 4, containLabel: true},
      yAxis: categoryAxis(names, colors, {inverse: true, axisLabel: {
        color: colors.ink, fontSize: small, interval: 0,
        rich: {head: {color: colors.ink, fontWeight: 'bold', fontSize: small}}}}),
      xAxis: valueAxis(chart, series.unit, colors, {
        min: axis.lo, max: axis.hi, interval: axis.step,
        axisLabel: {color: colors.soft, fontSize: small, hideOverlap: false, formatter: (value) =>
          wide || value === 0 || Math.abs(value - axis.hi) < 1e-9 ? changeTick(value) : ''}}),
      series: [zero, drawn],
      tooltip: tooltip(colors, (p) => lines(chart.labels[p.value[2]], [said(series, p.value[2], true).join(' ')])),
    },
  };
}
