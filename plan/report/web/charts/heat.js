// A grid of two axes: the colour says how much, the text in each cell how much and whether the SLO is met there; cells
// that miss it have a frame.

import {categoryAxis, lines, small, tooltip} from './frame.js';
import {short, text, withInterval} from './numbers.js';

const cellHeight = 34;

/** Dark text on light cells and light on dark ones. */
function textOn(color) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
  return 0.3 * r + 0.59 * g + 0.11 * b > 140 ? '#1b1f24' : '#ffffff';
}

export function heatOption(chart, colors, width) {
  const known = chart.series.flatMap((s) => s.values).filter((value) => value !== null && (!chart.log || value > 0));
  const level = (value) => chart.log ? Math.log(Math.max(value, Number.MIN_VALUE)) : value;
  const least = level(Math.min(...known)), most = level(Math.max(...known));
  const part = (value) => most > least ? Math.min(1, Math.max(0, (level(value) - least) / (most - least))) : 0;
  const step = (value) => Math.min(colors.heat.length - 1, Math.floor(part(value) * colors.heat.length));
  const color = (value) => value === null ? colors.paper : colors.heat[step(value)];
  const roomy = (width - 90) / chart.labels.length > 62;
  const data = chart.series.flatMap((s, row) => s.values.map((value, column) => {
    const mark = s.words ? s.words[column] : '';
    const missed = mark === '✗' || mark === '~';
    return {
      value: [column, row, value === null ? 0 : part(value)],
      itemStyle: {color: color(value), borderColor: missed ? colors.limit : colors.paper, borderWidth: missed ? 2 : 1},
      label: {color: value === null ? colors.soft : textOn(color(value)),
              formatter: () => roomy && value !== null ? `${mark} ${text(value, s.unit)}` : mark},
    };
  }));
  data.sort((a, b) => a.itemStyle.borderWidth - b.itemStyle.borderWidth);  // frames above their neighbours
  return {
    height: 62 + chart.series.length * cellHeight,
    option: {
      grid: {left: 4, right: 6, top: 6, bottom: 26, containLabel: true},
      xAxis: categoryAxis(chart.labels, colors, {name: chart.xName, nameLocation: 'middle', nameGap: 26,
                                                 nameTextStyle: {color: colors.soft, fontSize: small}}),
      yAxis: categoryAxis(chart.series.map((s) => short(s.name, 18)), colors),
      visualMap: {show: false, min: 0, max: 1, dimension: 2, inRange: {opacity: 1}},
      series: [{type: 'heatmap', data, label: {show: true, fontSize: small}, emphasis: {disabled: true}}],
      tooltip: tooltip(colors, (p) => {
        const [column, row] = p.value;
        const s = chart.series[row];
        const mark = s.words ? s.words[column] : '';
        return lines(`${s.name}, ${chart.labels[column]}`, [`${mark} ${withInterval(s, column)}`]);
      }),
    },
  };
}
