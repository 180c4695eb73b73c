// Opens reports in a real browser, offline: a run, sweeps over one, two and three axes, and a comparison, at two
// widths, light and dark and on paper. No error, every chart drawn, tables that say what the embedded data say, and no word of an input
// executed.
//
//   node report_test.mjs CAPPLAN NODE_MODULES CHROMIUM SCENARIO FOLDER

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {copyFileSync, mkdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

const [capplan, modules, chromium, shipped, folder] = process.argv.slice(2);
const tree = path.resolve(path.dirname(shipped), '../..');
// A name with no place to break it, wider than a phone: wherever a page names its input, it must still fit.
const scenario = path.resolve(folder, 'a_folder_'.repeat(12), 'quickstart.toml');
mkdirSync(path.dirname(scenario), {recursive: true});
copyFileSync(shipped, scenario);
const playwright = createRequire(path.resolve(modules, 'x.js'))('playwright-core');

const brief = ['--set', 'scenario.duration=1min', '--set', 'pool.app.min_size=2', '--replications', '5', '-q'];
const sizes = ['--vary', 'pool.app.max_size=2,4,8'];
const rates = ['--vary', 'workload.api.rate=40/s,140/s'];
const cores = ['--vary', 'server.primary.cores=4,8'];
const attack = '</script><script>alert(1)</script><img src=x onerror="alert(2)">';

/** The charts of a sweep's points: a spectrum and stages each. */
const ofPoints = (count) => Array.from({length: count}, () => ['line', 'stack']).flat();

/** What each page is written by, how many charts it has, and of which kinds. */
const pages = {
  run: {verb: ['run'], kinds: ['bars', 'line', 'stack', 'bars', 'line', 'line', 'line', 'line']},
  one: {verb: ['sweep', ...sizes], kinds: ['line', 'line', 'line', 'line', ...ofPoints(3)]},
  two: {verb: ['sweep', ...sizes, ...rates, '--title', 'Two axes'], heading: 'Two axes', says: /capplan sweep/, kinds: ['heat', 'heat', 'heat', 'heat', ...ofPoints(6)]},
  three: {verb: ['sweep', ...sizes, ...rates, ...cores], kinds: ['heat', 'heat', 'heat', 'parallel', ...ofPoints(12)]},
  compare: {verb: ['compare', '--set-b', 'pool.app.max_size=2'], kinds: ['dots']},
  index: {verb: ['index'], of: 'data/scenarios/vector-search.toml', heading: 'vector search', kinds: ['line', 'line']},
  validate: {verb: ['validate', '--calibration', 'data/calibrations/light.toml'], of: 'data/captures/light.toml',
             heading: 'Predictions and held-out measurements', kinds: ['dots', 'dots', 'dots']},
  calibrated: {verb: ['run', '--set', 'scenario.duration=2s', '--replications', '3'],
               of: 'data/scenarios/pool-sizing.toml', heading: 'pool sizing', kinds: undefined,
               crowded: true},  // eight curves leave the names of limits no place of their own
  pack: {verb: ['report', 'run.html', 'two.html', 'compare.html', '--title', 'Quarterly review', '--note', 'For the team.'],
         heading: 'Quarterly review', says: /For the team\.[^]*capplan report run\.html/, kinds: undefined},
  attack: {verb: ['run', '--set', 'scenario.name=' + JSON.stringify(attack)], kinds: undefined},
  compareAttack: {verb: ['compare', '--set', 'scenario.name=' + JSON.stringify(attack), '--set-b', 'server.primary.cores=2',
                         '--set-a', 'scenario.description=' + JSON.stringify(attack)], kinds: ['dots']},
};

function write(name, verb, of) {
  const file = path.join(folder, name + '.html');
  const store = verb[0] === 'sweep' ? ['--store', 'none'] : [];
  try {
    const words = verb[0] === 'report' ? [verb[0], ...verb.slice(1), '-q', '-o', path.resolve(file)]
                : of ? [...verb, of, '-q', '-o', path.resolve(file)]
                     : [verb[0], scenario, ...verb.slice(1), ...store, ...brief, '-o', path.resolve(file)];
    execFileSync(capplan, words, {stdio: 'pipe', cwd: of ? tree : verb[0] === 'report' ? folder : undefined});
  } catch (error) {
    assert.ok([3, 4].includes(error.status), String(error.stderr));  // an SLO that is missed is no failure here
  }
  return file;
}

/** What the page says, read within it. */
const read = () => ({
  data: JSON.parse(document.querySelector('#capplan-data').textContent),
  title: document.title,
  heading: document.querySelector('h1').textContent,
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  ink: getComputedStyle(document.body).color,
  images: document.querySelectorAll('img').length,
  charts: [...document.querySelectorAll('figure.chart')].map((figure) => ({
    chart: JSON.parse(figure.querySelector('.numbers').textContent),
    caption: figure.querySelector('figcaption').textContent,
    label: figure.querySelector('.plot').getAttribute('aria-label'),
    marks: figure.querySelectorAll('.plot svg path, .plot svg rect').length,
    words: [...figure.querySelectorAll('.plot svg text')].map((text) => text.textContent),
    fill: figure.querySelector('.plot svg text')?.getAttribute('fill'),
    width: figure.querySelector('.plot svg')?.getBoundingClientRect().width,
    table: [...figure.querySelectorAll('tbody tr')].map((row) => ({
      head: row.querySelector('th').textContent,
      cells: [...row.querySelectorAll('td')].map((cell) => cell.firstChild?.textContent.trim() ?? ''),
    })),
  })),
  changes: [...document.querySelectorAll('#changes > .table tbody tr')].map(
    (row) => [...row.querySelectorAll('td')].map((cell) => cell.firstChild?.textContent.trim() ?? '')),
});

const scales = {ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86400, '%': 0.01, k: 1e3, M: 1e6, '': 1};

/** The number that a cell says: "✗ 41.2ms" is 0.0412; a change of "×3.00" is 2. Nothing for a word. */
function numberIn(cell) {
  const found = cell.match(/^(?:[✓✗?~·] ?)?(×?)([-+]?[\d.]+)(ns|us|ms|s|min|h|d|%|k|M|)(\/s)?$/);
  return found ? Number(found[2]) * scales[found[3]] - (found[1] ? 1 : 0) : undefined;
}

/** Whether a cell says a value to its three digits, or the word in place of one that is not known. */
function says(cell, value, word = '-') {
  if (value === null) return cell === (word || '-');
  return Math.abs(numberIn(cell) - value) <= 0.006 * Math.abs(value) + 1e-12;
}

/** Names of single limits in the first chart with any that a line of its series runs through. */
const crossedNames = () => {
  const figure = [...document.querySelectorAll('figure.chart')].find((each) =>
    JSON.parse(each.querySelector('.numbers').textContent).marks.length > 0 && each.querySelector('svg path[fill=none]'));
  if (!figure) return [];
  const names = JSON.parse(figure.querySelector('.numbers').textContent).marks.map((mark) => mark.name);
  const curves = [...figure.querySelectorAll('svg path[fill=none]')].filter((path) => {
    const {width, height} = path.getBBox();
    return width > 20 && height > 2;
  });
  const points = curves.flatMap((path) => Array.from({length: Math.ceil(path.getTotalLength())}, (_, at) =>
    path.getPointAtLength(at).matrixTransform(path.getScreenCTM())));
  return [...figure.querySelectorAll('svg text')].filter((text) => {
    const box = text.getBoundingClientRect();
    return names.includes(text.textContent) && points.some(({x, y}) =>
      x > box.left && x < box.right && y > box.top + 3 && y < box.bottom - 3);
  }).map((text) => text.textContent);
};

/** Marks that a chart must at least have. */
function fewest({kind, labels, series}) {
  if (kind === 'line') return series.length;
  if (kind === 'dots') return series[0].values.filter((value) => value !== null).length;
  return kind === 'heat' || kind === 'stack' ? labels.length * series.length : labels.length;
}

function checkTables({chart, caption, label, table}) {
  assert.equal(caption, chart.title);
  assert.match(caption, /%|time|per second|Latency|clients/);
  assert.ok(label.includes(chart.title));
  assert.deepEqual(table.map((row) => row.head), chart.labels);
  chart.labels.forEach((_, i) => chart.series.forEach((series, n) => {
    assert.ok(says(table[i].cells[n], series.values[i], series.words?.[i]), `${table[i].cells[n]} is not ${series.values[i]}`);
  }));
}

/** The figures of a comparison, by their paths. */
function figuresIn(json, path = []) {
  if (typeof json.verdict === 'string') return [{path, ...json}];
  return Object.entries(json).flatMap(([key, below]) => figuresIn(below, [...path, key]));
}

/** Every figure is a row of the table; those of the verdict, and resources that are better or worse, are in the chart. */
function checkComparison({data, charts, changes}) {
  const ofResources = figuresIn(data.others).filter(({path, verdict}) =>
    path[0] !== 'requests' && ['better', 'worse'].includes(verdict));
  const figures = [...figuresIn(data.figures), ...ofResources];
  const {chart} = charts[0];
  const sorted = (values) => values.map(String).sort();
  assert.deepEqual(sorted(chart.series[0].values), sorted(figures.map((figure) => figure.relative?.value ?? null)));
  const all = [...figuresIn(data.figures), ...figuresIn(data.others)];
  assert.equal(changes.length, all.length);
  const rows = [...changes];  // in the order of importance, where the data are by class
  all.forEach(({path, a, b, relative, verdict}) => {
    const at = rows.findIndex((row) => says(row[3], a?.value ?? null) && says(row[4], b?.value ?? null) &&
                                       (!relative || says(row[6], relative.value)) && row[8] === verdict);
    assert.notEqual(at, -1, `no row of ${path.join('/')}`);
    rows.splice(at, 1);
  });
  assert.ok(charts[0].words.includes('no change') && charts[0].words.includes('Latency'));
}

/** Each chart has a row for every class of every capture, with its error. */
function checkValidation({data, charts}) {
  ['p50', 'p95', 'p99'].forEach((figure, n) => {
    const errors = data.captures.filter((capture) => !capture.saturated)
      .flatMap((capture) => Object.values(capture.requests).map((request) => request.error[figure]));
    assert.equal(charts[n].chart.series[0].values.length, errors.length);
    charts[n].chart.series[0].values.forEach((value, i) => assert.ok(Math.abs(value - errors[i]) < 1e-9));
  });
}

/** The charts' numbers are those of the data. */
function checkData({data, charts, changes}) {
  if (data.schema === 'capplan.validation/1') return checkValidation({data, charts});
  if (data.schema?.startsWith('capplan.index') || data.schema === 'capplan.pack/1') return;
  if (data.schema === 'capplan.comparison/1') return checkComparison({data, charts, changes});
  if (data.schema === 'capplan.result/1') {
    const shares = data.slos.filter((slo) => slo.estimate).map(({estimate, limit, text}) =>
      text.includes('>') ? limit / estimate.value : estimate.value / limit);
    assert.deepEqual(charts[0].chart.series[0].values, shares);
    const spectrum = charts[1].chart.series.map((series) => series.values.filter((value) => value !== null));
    assert.deepEqual(spectrum, data.profile.spectra.map((each) => each.latency_s));
    return;
  }
  const measured = (slo) => data.points.map((point) => point.result.slos[slo].estimate?.value ?? null);
  const points = charts.slice(-2 * data.points.length);
  data.points.forEach(({result}, i) => {
    const spectrum = points[2 * i].chart.series.map((series) => series.values.filter((value) => value !== null));
    assert.deepEqual(spectrum, result.profile.spectra.map((each) => each.latency_s));
  });
  const slos = data.points[0].result.slos.map((_, slo) => slo);
  const known = slos.filter((slo) => measured(slo).some((value) => value !== null));  // of the others no chart is drawn
  slos.forEach((slo) => {
    if (data.axes.length < 3 && !known.includes(slo)) return;
    const {chart} = data.axes.length > 2 ? charts.find((each) => each.chart.kind === 'parallel') : charts[known.indexOf(slo)];
    const values = data.axes.length > 2   ? chart.series[data.axes.length + slo].values
                   : data.axes.length > 1 ? chart.series.flatMap((series) => series.values)
                                          : chart.series[0].values;
    assert.deepEqual(values, measured(slo));
  });
}

/** Links within the page whose place it does not have. */
const loose = () => [...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute('href'))
  .filter((href) => document.getElementById(href.slice(1)) === null);

/** Moves each slider to its end, as a hand does, and reads the point that is shown: the figures are its own. */
async function ask(page, name) {
  for (const form of await page.locator('form.explorer').all()) {
    const shown = () => form.locator('xpath=following-sibling::*[1]');
    const before = await shown().innerText();
    for (const slider of await form.locator('input[type=range]').all()) await slider.press('End');
    for (const list of await form.locator('select').all())
      await list.selectOption(String(await list.locator('option').count() - 1));
    const {at, answer, links} = await shown().evaluate((place) => ({
      at: Number(place.dataset.point), answer: place.previousElementSibling.dataset.answer,
      links: [...place.querySelectorAll('a')].map((link) => link.textContent)}));
    const whole = JSON.parse(await page.locator('#capplan-data').textContent());
    const {axes, points} = answer === '' ? whole : whole.answers[Number(answer)];
    assert.equal(at, points.length - 1, `${name}: the sliders' ends are not the last point`);
    assert.deepEqual(links, [axes.map(({key, values}) => `${key} = ${values.at(-1)}`).join(', ')]);
    const text = await shown().innerText();
    assert.notEqual(text, before);
    const row = await shown().locator('tr', {has: page.locator('th', {hasText: /^all$/})}).first().locator('td').allInnerTexts();
    const {completed_per_s: done, latency_s: latency} = points[at].result.requests.all;
    [done, latency.p50, latency.p95, latency.p99].forEach(({value}, i) =>
      assert.ok(says(row[i].split(/[\s\n]/)[0], value), `${name}: ${row[i]} is not ${value}`));
  }
}

/** Where no script runs the tables stand open, and the page says why nothing is drawn. */
async function withoutScripts(browser, file) {
  const context = await browser.newContext({javaScriptEnabled: false, offline: true});
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  assert.ok(await page.locator('.not-drawn').isVisible());
  assert.ok(await page.locator('figure.chart tbody').first().isVisible());
  await context.close();
}

async function visit(browser, name, file, width, colorScheme) {
  const context = await browser.newContext({viewport: {width, height: 900}, colorScheme, offline: true});
  const page = await context.newPage();
  const wrong = [];
  page.on('console', (message) => wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(error.stack));
  page.on('dialog', (dialog) => { wrong.push('a dialog: ' + dialog.message()); dialog.dismiss(); });
  page.on('request', (request) => { if (request.url() !== pathToFileURL(file).href) wrong.push(request.url()); });
  await page.goto(pathToFileURL(file).href);
  const folded = await page.evaluate(() => [...document.querySelectorAll('.point .plot')].map((plot) => plot.dataset.drawn));
  assert.ok(folded.every((drawn) => drawn === undefined), 'a folded chart was drawn');
  await page.evaluate(() => document.querySelectorAll('.point').forEach((point) => { point.open = true; }));
  await page.waitForFunction(() => [...document.querySelectorAll('.plot')].every((plot) => plot.dataset.drawn));

  const seen = await page.evaluate(read);
  const kinds = pages[name].kinds;
  if (!pages[name].crowded) assert.deepEqual(await page.evaluate(crossedNames), []);
  if (kinds) assert.deepEqual(seen.charts.map((each) => each.chart.kind), kinds);
  assert.equal(seen.overflow, 0, `${name} is wider than ${width} px`);
  assert.deepEqual(await page.evaluate(loose), [], `${name}: links that lead nowhere`);
  if (pages[name].says) assert.match(await page.locator('header').innerText(), pages[name].says);
  await ask(page, name);
  for (const each of seen.charts) {
    assert.ok(each.marks >= fewest(each.chart), `${name}: ${each.caption}: ${each.marks} marks`);
    assert.ok(each.words.length > 2, each.caption);
    checkTables(each);
    const names = each.chart.series.map((series) => series.name);
    assert.equal(new Set(names).size, names.length, `${name}: ${each.caption}: two series of one name`);
  }
  checkData(seen);
  assert.equal(seen.images, 0);
  assert.equal(seen.heading, name.toLowerCase().includes('attack') ? attack : pages[name].heading ?? 'quickstart');
  assert.equal(seen.title, seen.heading);

  await page.emulateMedia({colorScheme: colorScheme === 'dark' ? 'light' : 'dark'});
  await page.waitForFunction((before) => document.querySelector('.plot svg text')?.getAttribute('fill') !== before,
                             seen.charts[0].fill);  // else the charts have but one colour scheme
  const other = await page.evaluate(read);
  assert.notEqual(other.ink, seen.ink, 'the page has but one colour scheme');
  await page.emulateMedia({colorScheme});
  await page.screenshot({path: path.join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true});

  await page.evaluate(() => window.addEventListener('beforeprint', () => {
    window.onPaper = [...document.querySelectorAll('.plot svg')].map((svg) => Number(svg.getAttribute('width')));
  }));
  const pdf = await page.pdf({format: 'A4', path: path.join(folder, `${name}-${width}.pdf`)});
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  assert.ok(pdf.length > 20_000);
  const onPaper = await page.evaluate(() => window.onPaper);
  assert.ok(onPaper.length === seen.charts.length && onPaper.every((each) => each === 680), `on paper: ${onPaper}`);
  assert.deepEqual(wrong, []);
  await context.close();
}

const args = process.getuid() === 0 ? ['--no-sandbox'] : [];  // chromium's sandbox does not run as root
const browser = await playwright.chromium.launch({executablePath: chromium, args});
try {
  for (const [name, {verb, of}] of Object.entries(pages)) {
    const file = write(name, verb, of);
    assert.ok(readFileSync(file).length < 800_000, `${name} is too large`);
    await visit(browser, name, file, 1400, 'light');
    await visit(browser, name, file, 400, 'dark');
    console.log(`${name}: as it should be`);
  }
  const quickstart = write('quickstart', ['run'], shipped);
  assert.ok(readFileSync(quickstart).length < 450_000, `${readFileSync(quickstart).length} bytes`);
  await withoutScripts(browser, quickstart);
} finally {
  await browser.close();
}
