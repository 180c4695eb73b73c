// Numbers as the tables have them: three significant digits and a unit.

const spans = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's'], [1e-3, 'ms'], [1e-6, 'us'], [1e-9, 'ns']];

const threeDigits = (value) => value === 0 ? '0' : Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
const twoDigits = (value) => String(Number(value.toPrecision(2)));
const fewDigits = (value) => String(Number(value.toPrecision(3)));

function withPrefix(value, digits) {
  const size = Math.abs(value);
  return size >= 1e6 ? digits(value / 1e6) + 'M' : size >= 1e4 ? digits(value / 1e3) + 'k' : digits(value);
}

function inUnit(value, unit, digits) {
  if (value === null || value === undefined) return '-';
  if (unit === 'ratio') return digits(value * 100) + '%';
  if (unit === 'per second') return withPrefix(value, digits) + '/s';
  if (unit !== 'seconds') return withPrefix(value, digits);
  if (value === 0) return '0s';
  const [size, name] = spans.find(([least]) => Math.abs(value) >= least) || spans[spans.length - 1];
  return digits(value / size) + name;
}

export const text = (value, unit) => inUnit(value, unit, threeDigits);

/** A change as a share of what it is from: "-12.3% ±2.1", and from ten times on "×18.4 ±0.7". */
export function change(value, lo, hi) {
  const half = (hi - lo) / 2;
  return value < 9 ? [(value > 0 ? '+' : '') + text(value, 'ratio'), '±' + twoDigits(half * 100)]
                   : ['×' + text(1 + value, 'count'), '±' + twoDigits(half)];
}

/** The same for round numbers along an axis. */
export const tick = (value, unit) =>
  unit === 'seconds' && value >= 60 && value % 60 !== 0 ? value + 's' : inUnit(value, unit, fewDigits);

/** A round change along an axis. */
export const changeTick = (value) => (value > 0 ? '+' : '') + tick(value, 'ratio');

/** A value and, where there is one, its interval. */
export function withInterval(series, i) {
  const value = text(series.values[i], series.unit);
  if (!series.lo || series.values[i] === null) return value;
  return `${value} (${text(series.lo[i], series.unit)} to ${text(series.hi[i], series.unit)})`;
}

/** Text that ECharts may put into a tooltip's markup. */
export function safe(words) {
  return String(words).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Cut in the middle. */
export function short(words, most) {
  if (words.length <= most) return words;
  return words.slice(0, Math.ceil(most / 2) - 1) + '…' + words.slice(-Math.floor(most / 2));
}
