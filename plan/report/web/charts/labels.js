// Where the names of single limits stand: beside their diamonds, where no line, no diamond and no other name is. Pixels
// are reckoned from the axes' ends, to within the width of a letter, which is what boxes are larger by.

const letter = 6.8, lineHeight = 15, halfDiamond = 6, slack = 5;

/** Lower left corner of a name `distance` pixels from the diamond at (x, y). */
const corner = {
  top: (x, y, w, distance) => [x - w / 2, y + halfDiamond + distance],
  bottom: (x, y, w, distance) => [x - w / 2, y - halfDiamond - distance - lineHeight],
  right: (x, y, w, distance) => [x + halfDiamond + distance, y - lineHeight / 2],
  left: (x, y, w, distance) => [x - halfDiamond - distance - w, y - lineHeight / 2],
};

/** What is tried, the best first. */
const places = [5, 20, 35].flatMap((distance) => Object.keys(corner).map((position) => ({position, distance})));

/** Points along a series, close enough together that none passes a box unseen. */
function trail(points) {
  const steps = 24;
  return points.flatMap(([x, y], i) => {
    if (i === 0) return [[x, y]];
    const [fromX, fromY] = points[i - 1];
    const part = (n, from, to) => from + (to - from) * (n + 1) / steps;
    return Array.from({length: steps}, (_, n) => [part(n, fromX, x), part(n, fromY, y)]);
  });
}

/**
 * For each mark where its name stands, as ECharts says it: {position, distance}.
 * `at(x, y)` gives the pixels of a place, counted from the lower left corner of a plot of this width and height.
 */
export function placed(chart, at, width, height) {
  const taken = chart.series.flatMap((s) => trail(
    s.values.flatMap((value, i) => value > 0 ? [at(chart.x[i], value)] : [])));
  const diamonds = chart.marks.map((mark) => at(mark.at, mark.value));
  return chart.marks.map((mark, n) => {
    const w = mark.name.length * letter;
    const boxAt = ({position, distance}) => corner[position](...diamonds[n], w, distance);
    const holds = ([left, low]) => ([x, y]) =>
      x > left - slack && x < left + w + slack && y > low - slack && y < low + lineHeight + slack;
    const isFree = (place) => {
      const box = boxAt(place);
      return box[0] >= 0 && box[0] + w <= width && box[1] >= 0 && box[1] + lineHeight <= height &&
        !taken.some(holds(box)) && !diamonds.some((point, other) => other !== n && holds(box)(point));
    };
    const place = places.find(isFree) || places[0];
    const [left, low] = boxAt(place);
    for (let x = left; x <= left + w; x += letter) taken.push([x, low], [x, low + lineHeight / 2], [x, low + lineHeight]);
    return place;
  });
}
