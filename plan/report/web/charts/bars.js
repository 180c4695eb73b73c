// Bars that lie, so that long names have room: one value each with its interval and limits, or the shares of stages.

import {categoryAxis, legend, legendRows, limitLines, lines, small, tooltip, valueAxis} from './frame.js';
import {short, text, withInterval} from './numbers.js';
import {ofStage} from './palette.js';

const rowHeight = 30;

function places(chart, colors, width) {
  const room = Math.max(26, Math.floor(width / 20));  // letters: "entities, near p95: 9.51ms"
  return categoryAxis(chart.labels.map((label) => short(label, room)), colors,
                      {inverse: true, axisLabel: {color: colors.ink, fontSize: small, interval: 0}});
}

export function barOption(chart, colors, width) {
  const series = chart.series[0];
  const furthest = Math.max(...series.hi.filter((v) => v !== null), ...chart.limits.map((l) => l.value));
  const shown = Math.min(furthest, 4);  // what is far beyond its limit need not be drawn to scale
  const drawn = {
    type: 'bar', barMaxWidth: 16, color: colors.series[0], data: series.values,
    markLine: limitLines(chart.limits, 'xAxis', colors, 'start'),
  };
  const intervals = {
    type: 'custom', silent: true, z: 3, encode: {x: [1, 2], y: 0},
    data: series.values.map((_, i) => [i, series.lo[i], series.hi[i]]),
    renderItem: (_, api) => {
      const i = api.value(0), beyond = series.values[i] > shown;
      const [x1, y] = api.coord([Math.min(api.value(1), shown), i]);
      const x2 = api.coord([Math.min(api.value(2), shown * 1.02), i])[0];
      const style = {stroke: colors.ink, lineWidth: 1.5};
      const whisker = beyond ? [] : [[x1, y, x2, y], [x1, y - 4, x1, y + 4], [x2, y - 4, x2, y + 4]];
      const said = {text: (beyond ? '→ ' : '') + text(series.values[i], series.unit), x: x2 + 6, y, fill: colors.ink,
                    fontSize: small, verticalAlign: 'middle', stroke: colors.paper, lineWidth: 3};
      return {type: 'group', children: [{type: 'text', style: said}].concat(whisker.map(
        (ends) => ({type: 'line', shape: {x1: ends[0], y1: ends[1], x2: ends[2], y2: ends[3]}, style})))};
    },
  };
  const marks = {
    type: 'custom', z: 4, encode: {x: 1, y: 0},
    data: chart.marks.map((mark) => ({name: mark.name, value: [mark.at, mark.value]})),
    renderItem: (_, api) => {
      const [x, y] = api.coord([api.value(1), api.value(0)]);
      const style = {stroke: colors.limit, lineWidth: 3};
      const i = api.value(0), value = text(series.values[i], series.unit);  // beside which the limit's name has room
      const taken = api.coord([Math.min(series.hi[i], shown * 1.02), i])[0] + 10 + 8 * value.length;
      const said = {text: `limit ${text(api.value(1), series.unit)}`, x: Math.max(x + 5, taken), y, fill: colors.limit, fontSize: small,
                    verticalAlign: 'middle', stroke: colors.paper, lineWidth: 3};
      return {type: 'group', children: [{type: 'line', shape: {x1: x, y1: y - 13, x2: x, y2: y + 13}, style},
                                        {type: 'text', style: said}]};
    },
    tooltip: {formatter: (p) => lines('limit', [p.name])},
  };
  return {
    height: 46 + chart.labels.length * rowHeight,
    option: {
      grid: {left: 4, right: 64, top: 24, bottom: 4, containLabel: true},
      yAxis: places(chart, colors, width),
      xAxis: valueAxis(chart, series.unit, colors, {min: 0, max: shown > 1.01 ? shown * 1.05 : 1}),
      series: [drawn, intervals, marks],
      tooltip: tooltip(colors, (p) => lines(chart.labels[p.dataIndex], [withInterval(series, p.dataIndex)])),
    },
  };
}

export function stackOption(chart, colors, width) {
  const names = chart.series.map((s) => s.name);
  const rows = legendRows(names, width);
  const sums = chart.labels.map((_, i) => chart.series.reduce((sum, s) => sum + s.values[i], 0));
  return {
    height: 40 + rows * 22 + chart.labels.length * 24,
    option: {
      legend: {...legend(names, colors), show: true},
      grid: {left: 4, right: 24, top: 8 + rows * 22, bottom: 4, containLabel: true},
      yAxis: places(chart, colors, width),
      xAxis: valueAxis(chart, 'ratio', colors, {min: 0, max: 1}),
      series: chart.series.map((s) => ({
        name: s.name, type: 'bar', stack: 'all', barMaxWidth: 17,
        itemStyle: {color: ofStage(s.name, colors), borderColor: colors.paper, borderWidth: 1},
        data: s.values.map((value, i) => sums[i] > 0 ? value / sums[i] : 0),
      })),
      tooltip: tooltip(colors, (p) => {
        const s = chart.series[p.seriesIndex];
        const time = text(s.values[p.dataIndex], s.unit);
        return lines(chart.labels[p.dataIndex], [`${s.name}: ${time}, ${text(p.value, 'ratio')}`]);
      }),
    },
  };
}
