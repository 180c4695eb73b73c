// Every point of a sweep as a line through its settings and what was measured, in the colour of its verdict. The limit
// of each SLO is a bar across its axis.

import {lines, small, tooltip} from './frame.js';
import {ofMark} from './palette.js';
import {short, tick, withInterval} from './numbers.js';

const verdicts = [['✓', 'meets the SLOs'], ['✗', 'misses one'], ['?', 'undecided'], ['~', 'no steady state'],
                  ['-', 'no SLO is stated']];

function unique(words) {
  return [...new Set(words)];
}

const isSetting = (series) => Boolean(series.words);

export function parallelOption(chart, colors, width) {
  const narrow = width / chart.series.length < 150;
  const axes = chart.series.map((series, dim) => ({
    dim, name: short(series.name, narrow ? 16 : 24), nameLocation: dim % 2 ? 'start' : 'end', nameGap: 18,
    nameTextStyle: {color: colors.ink, fontSize: narrow ? 11 : small}, z: 10,
    axisLine: {lineStyle: {color: colors.soft}}, axisTick: {show: false},
    axisLabel: {color: colors.ink, fontSize: small, hideOverlap: true, textBorderColor: colors.paper, textBorderWidth: 3,
                formatter: isSetting(series) ? undefined : (value) => tick(value, series.unit)},
    ...(isSetting(series)
      ? {type: 'category', data: unique(series.words)}
      : {type: series.unit === 'seconds' && series.values.every((v) => v === null || v > 0) ? 'log' : 'value',
         min: (extent) => Math.min(extent.min, series.limit || extent.min),
         max: (extent) => Math.max(extent.max, series.limit || extent.max)}),
  }));
  const present = verdicts.filter(([mark]) => chart.labels.includes(mark));
  return {
    height: 400,
    option: {
      parallel: {left: 64, right: 92, top: 72, bottom: 44},
      parallelAxis: axes,
      legend: {top: 0, left: 0, data: present.map(([, words]) => words),
               textStyle: {color: colors.ink, fontSize: small}},
      series: present.map(([mark, words]) => ({
        name: words, type: 'parallel', smooth: false, color: ofMark(mark, colors), inactiveOpacity: 0.05,
        lineStyle: {width: 1.5, opacity: 0.65, color: ofMark(mark, colors), type: mark === '✓' ? 'solid' : 'dashed'},
        data: chart.labels.flatMap((label, i) => label !== mark ? [] : [{
          name: String(i),
          value: chart.series.map((s) => isSetting(s) ? s.words[i] : s.values[i] === null ? '-' : s.values[i]),
        }]),
      })),
      tooltip: tooltip(colors, (p) => {
        const i = Number(p.name);
        return lines(`${chart.labels[i]} ${p.seriesName}`,
                     chart.series.map((s) => `${s.name}: ${isSetting(s) ? s.words[i] : withInterval(s, i)}`));
      }),
    },
  };
}

/** Draws the limits, once it is known where the axes stand. */
export function drawLimits(drawn, chart, colors) {
  const space = drawn.getModel().getComponent('parallel').coordinateSystem;
  const elements = chart.series.flatMap((series, dim) => {
    if (!series.limit) return [];
    const [x, y] = space.dataToPoint(series.limit, 'dim' + dim);
    const said = {text: 'limit', align: 'right', fill: colors.limit, stroke: colors.paper, lineWidth: 3,
                  fontSize: small};
    return [{type: 'rect', silent: true, z: 100, shape: {x: x - 13, y: y - 2, width: 26, height: 4},
             style: {fill: colors.limit}},
            {type: 'text', silent: true, z: 100, x: x - 17, y: y - 6, style: said}];
  });
  drawn.setOption({graphic: elements});
}
