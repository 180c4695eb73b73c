// A grid of two axes. Where there is a limit the colour says how far a value is from it, on either side: one point that
// is overloaded leaves the others as they are. Without a limit it says the rank among all points. The text in each cell
// says how much, and whether the SLO is met there; cells that miss it have a frame.

import {categoryAxis, lines, small, tooltip} from './frame.js';
import {short, text, withInterval} from './numbers.js';

const cellHeight = 34;

/** Least headroom of each colour but the last, as a share of the limit, and what the key says of it. */
const steps = [[0.5, 'half of the limit or more is left'], [0.25, 'a quarter'], [0.1, 'a tenth'],
               [-0.1, 'within a tenth of it'], [-0.5, 'beyond it'], [-1, 'by half'], [-Infinity, 'twice the limit or more']];

/** Dark text on light cells and light on dark ones. */
function textOn(color) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
  return 0.3 * r + 0.59 * g + 0.11 * b > 140 ? '#1b1f24' : '#ffffff';
}

/** A colour for each value, and the key: [colour, words]. */
function scale(chart, colors) {
  const limit = chart.limits[0]?.value;
  if (chart.headroom || limit > 0) {
    const room = (value) => chart.headroom ? value : (chart.above ? value - limit : limit - value) / limit;
    return {color: (value) => colors.room[steps.findIndex(([least]) => room(value) >= least)],
            key: steps.map(([, words], i) => [colors.room[i], words])};
  }
  const known = [...new Set(chart.series.flatMap((s) => s.values).filter((value) => value !== null))].sort((a, b) => a - b);
  const part = (value) => known.length > 1 ? known.indexOf(value) / (known.length - 1) : 0;
  return {color: (value) => colors.heat[Math.min(colors.heat.length - 1, Math.floor(part(value) * colors.heat.length))],
          key: [[colors.heat[0], 'least'], [colors.heat[3], 'middle'], [colors.heat[5], 'most, by rank']]};
}

/** The key's swatches and words, in rows of this width. */
function drawnKey(key, colors, width) {
  const elements = [];
  let x = 0, y = 0;
  for (const [color, words] of key) {
    const wide = 22 + words.length * 6.6;
    if (x > 0 && x + wide > width) { x = 0; y += 20; }
    elements.push({type: 'rect', silent: true, shape: {x, y: y + 2, width: 12, height: 12},
                   style: {fill: color, stroke: colors.line}},
                  {type: 'text', silent: true, x: x + 17, y: y + 2, style: {text: words, fill: colors.soft, fontSize: small}});
    x += wide + 8;
  }
  return {elements, height: y + 26};
}

export function heatOption(chart, colors, width) {
  const {color: known, key} = scale(chart, colors);
  const color = (value) => value === null ? colors.paper : known(value);
  const roomy = (width - 90) / chart.labels.length > 62;
  const words = drawnKey(key, colors, width);
  const data = chart.series.flatMap((s, row) => s.values.map((value, column) => {
    const mark = s.words ? s.words[column] : '';
    const missed = mark === '✗' || mark === '~';
    return {
      value: [column, row, 0],
      itemStyle: {color: color(value), borderColor: missed ? colors.limit : colors.paper, borderWidth: missed ? 2 : 1},
      label: {color: value === null ? colors.soft : textOn(color(value)),
              formatter: () => roomy && value !== null ? `${mark} ${text(value, s.unit)}` : mark},
    };
  }));
  data.sort((a, b) => a.itemStyle.borderWidth - b.itemStyle.borderWidth);  // frames above their neighbours
  return {
    height: 62 + words.height + chart.series.length * cellHeight,
    option: {
      graphic: words.elements,
      grid: {left: 4, right: 6, top: 6 + words.height, bottom: 26, containLabel: true},
      xAxis: categoryAxis(chart.labels, colors, {name: chart.xName, nameLocation: 'middle', nameGap: 26,
                                                 nameTextStyle: {color: colors.soft, fontSize: small}}),
      yAxis: categoryAxis(chart.series.map((s) => short(s.name, 18)), colors),
      visualMap: {show: false, min: 0, max: 1, dimension: 2, inRange: {opacity: 1}},
      series: [{type: 'heatmap', data, cursor: 'pointer', label: {show: true, fontSize: small}, emphasis: {disabled: true}}],
      tooltip: tooltip(colors, (p) => {
        const [column, row] = p.value;
        const s = chart.series[row];
        const mark = s.words ? s.words[column] : '';
        return lines(`${s.name}, ${chart.labels[column]}`, [`${mark} ${withInterval(s, column)}`]);
      }),
    },
  };
}
