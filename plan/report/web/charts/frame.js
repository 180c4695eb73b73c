// What all charts have alike: axes, legends, tooltips, the lines of limits.

import {safe, tick} from './numbers.js';

export const small = 12;

export function valueAxis(chart, unit, colors, more = {}) {
  return {
    type: chart.log ? 'log' : 'value', splitNumber: 5, logBase: 10,
    axisLabel: {color: colors.soft, fontSize: small, formatter: (value) => tick(value, unit), hideOverlap: true},
    axisLine: {show: false}, axisTick: {show: false}, splitLine: {lineStyle: {color: colors.line}},
    ...more,
  };
}

export function categoryAxis(labels, colors, more = {}) {
  return {
    type: 'category', data: labels, axisTick: {show: false}, axisLine: {lineStyle: {color: colors.line}},
    axisLabel: {color: colors.soft, fontSize: small, hideOverlap: true}, ...more,
  };
}

/** Rows that a legend of these names needs in this width. */
export function legendRows(names, width) {
  let rows = 1, used = 0;
  for (const name of names) {
    const need = name.length * 7.2 + 42;
    if (used > 0 && used + need > width) { ++rows; used = 0; }
    used += need;
  }
  return rows;
}

export function legend(names, colors) {
  return {show: names.length > 1, data: names, top: 0, left: 0, type: 'plain', itemWidth: 16, itemHeight: 9,
          textStyle: {color: colors.ink, fontSize: small}};
}

export function tooltip(colors, formatter, more = {}) {
  return {confine: true, backgroundColor: colors.paper, borderColor: colors.line,
          textStyle: {color: colors.ink, fontSize: small}, formatter, ...more};
}

/** The least round number of this size or above. */
export function roundedUp(value) {
  const size = 10 ** Math.floor(Math.log10(value));
  return [1, 1.2, 1.5, 2, 3, 4, 5, 8, 10].map((n) => n * size).find((n) => n >= value * 0.999999);
}

/** The lines of a tooltip, each of them safe; the first stands out. */
export function lines(head, rows) {
  return [`<b>${safe(head)}</b>`, ...rows.map(safe)].join('<br>');
}

export function limitLines(limits, axis, colors, position) {
  return {
    silent: true, symbol: 'none', precision: 12, lineStyle: {color: colors.limit, type: 'dashed', width: 1.5},
    label: {color: colors.limit, fontSize: small, position, formatter: (at) => at.name},
    data: limits.map((limit) => ({name: limit.name, [axis]: limit.value})),
  };
}
