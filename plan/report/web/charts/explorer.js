// The point of a sweep that is nearest to what the sliders say, from the page's own data. Nothing is interpolated: every
// figure is of the simulated point that is named.

import {text} from './numbers.js';

const percentiles = ['p50', 'p95', 'p99'];

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const figure = (estimate, unit) => estimate ? text(estimate.value, unit) : '-';

const interval = (estimate, unit) =>
  estimate ? element('span', {}, ` ${text(estimate.lo, unit)} to ${text(estimate.hi, unit)}`) : '';

function table(heads, rows) {
  const head = element('tr', {}, ...heads.map((word, i) => element('th', i === 0 ? {scope: 'col', class: 'words'} : {scope: 'col'}, word)));
  const body = rows.map(([name, ...cells]) => element('tr', {}, element('th', {scope: 'row', class: 'words'}, name), ...cells));
  return element('div', {class: 'table', tabindex: '0'},
                 element('table', {}, element('thead', {}, head), element('tbody', {}, ...body)));
}

const cell = (estimate, unit) => element('td', {}, figure(estimate, unit), interval(estimate, unit));

const marks = {met: ['✓', 'met'], missed: ['✗', 'missed'], undecided: ['?', 'undecided']};
const verdicts = {'ok': ['✓', 'met', 'meets its SLOs'], 'missed': ['✗', 'missed', 'misses an SLO'],
                  'undecided': ['?', 'undecided', 'is undecided'], 'no-steady-state': ['~', 'undecided', 'has no steady state']};

function slos(result, units) {
  return table(['SLO', '', 'value', 'limit'], (result.slos || []).map((slo, i) => {
    const unit = units[i], [mark, name] = marks[slo.judgement];
    return [`${slo.target} ${slo.text}`, element('td', {class: name}, mark), cell(slo.estimate, unit),
            element('td', {}, text(slo.limit, unit))];
  }));
}

function requests(result) {
  return table(['request', 'throughput', ...percentiles, 'errors'], Object.entries(result.requests || {}).map(
    ([name, r]) => [name, cell(r.completed_per_s, 'per second'),
                    ...percentiles.map((p) => cell(r.latency_s?.[p], 'seconds')), cell(r.error_ratio, 'ratio')]));
}

function resources(result) {
  const rows = [];
  for (const [word, group] of [['pool', result.pools], ['bouncer', result.bouncers], ['server', result.servers]])
    for (const [name, r] of Object.entries(group || {}))
      rows.push([`${word} ${name}`, cell(r.wait_s?.p95, 'seconds'), cell(r.utilization || r.cpu, 'ratio')]);
  return table(['resource', 'wait p95', 'utilization'], rows);
}

/** Of the mean latency of each class, what each stage takes. */
function breakdown(result, colorOf) {
  const rows = Object.entries(result.requests || {}).filter(([, r]) => r.stages_s).map(([name, r]) => {
    const stages = Object.entries(r.stages_s).filter(([, e]) => e && e.value > 0);
    const sum = stages.reduce((all, [, e]) => all + e.value, 0);
    const bar = element('div', {class: 'shares'}, ...stages.map(([stage, e]) => {
      const part = element('i', {title: `${stage} ${text(e.value, 'seconds')}`});
      part.style.width = `${100 * e.value / sum}%`;
      part.style.background = colorOf(stage);
      return part;
    }));
    const said = stages.map(([stage, e]) => `${stage} ${text(e.value, 'seconds')}`).join(', ');
    return [name, element('td', {class: 'words'}, bar, said)];
  });
  return table(['request', 'breakdown of the mean'], rows);
}

/** The number of the point with the least distance to the places on the axes, each from 0 to 1. */
function nearest(data, wanted) {
  const place = (axis, label) => data.axes[axis].values.indexOf(label) / Math.max(1, data.axes[axis].values.length - 1);
  let best = -1, least = Infinity;
  data.points.forEach((point, i) => {
    if (!point.result) return;
    const away = wanted.reduce((sum, at, axis) => sum + (at - place(axis, point.at[data.axes[axis].key])) ** 2, 0);
    if (away < least) [best, least] = [i, away];
  });
  return best;
}

function show(form, data, colorOf) {
  const inputs = [...form.querySelectorAll('input, select')];
  const shown = inputs.map((input) => [...input.parentElement.querySelectorAll('option')].map((each) => each.textContent));
  inputs.forEach((input, axis) => {
    const label = shown[axis][input.value];
    if (input.nextElementSibling?.tagName === 'OUTPUT') input.nextElementSibling.textContent = label;
    input.setAttribute('aria-valuetext', label);
  });
  const found = nearest(data, inputs.map((input, axis) => input.value / Math.max(1, data.axes[axis].values.length - 1)));
  const place = form.nextElementSibling;
  place.replaceChildren();
  if (found < 0) return;
  const point = data.points[found], {result} = point;
  const name = data.axes.map((axis, a) => `${axis.key} = ${shown[a][axis.values.indexOf(point.at[axis.key])]}`).join(', ');
  const prefix = form.closest('section').id.replace(/explore$/, '');
  const [mark, style, words] = result.slos?.length ? verdicts[result.verdict] : ['-', 'undecided', 'has no SLO'];
  place.dataset.point = found;
  place.append(element('p', {class: 'verdict'}, element('span', {class: `mark ${style}`}, mark),
                       ` The simulated point `, element('a', {href: `#${prefix}point-${found + 1}`}, name), ` ${words}.`));
  if (result.slos?.length) place.append(slos(result, form.dataset.units.split(',')));
  place.append(requests(result), resources(result), breakdown(result, colorOf));
}

export function explore(colorOf) {
  const forms = [...document.querySelectorAll('form.explorer')];
  if (forms.length === 0) return;
  const whole = JSON.parse(document.getElementById('capplan-data').textContent);
  for (const form of forms) {
    const data = form.dataset.answer === '' ? whole : whole.answers[form.dataset.answer];
    form.addEventListener('input', () => show(form, data, colorOf));
    form.addEventListener('submit', (event) => event.preventDefault());
    form.parentElement.classList.add('ready');
    show(form, data, colorOf);
  }
}
