// Takes the pictures of reports that README.md and docs/tour.md show, with their commands: a run, a sweep in the dark, a
// comparison. They are not compared by a test, for letters differ between machines; take them again when a page or the
// numbers change: make pictures.
//
//   node pictures.mjs CAPPLAN NODE_MODULES CHROMIUM TREE FOLDER

import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

const [capplan, modules, chromium, tree, folder] = process.argv.slice(2);
const playwright = createRequire(path.resolve(modules, 'x.js'))('playwright-core');
const width = 1100;
const quickstart = 'data/scenarios/quickstart.toml';

/** The command of each page, and the part of it that is shown: from an element on, so many pixels. */
const pictures = {
  run: {words: ['run', quickstart], from: 'body', height: 1062},
  sweep: {words: ['sweep', 'data/scenarios/pool-sizing.toml', '--store', 'none'], from: '#sweep', height: 760, scheme: 'dark'},
  compare: {words: ['compare', quickstart, '--set-b', 'server.primary.cores=2'], from: 'body', height: 1080},
};

function write(words, file) {
  try {
    execFileSync(capplan, [...words, '-q', '-o', file], {stdio: 'pipe', cwd: tree});
  } catch (error) {
    if (![3, 4].includes(error.status)) throw error;  // an SLO that is missed is no failure here
  }
}

const scratch = mkdtempSync(path.join(tmpdir(), 'capplan-pictures-'));
const args = process.getuid() === 0 ? ['--no-sandbox'] : [];  // chromium's sandbox does not run as root
const browser = await playwright.chromium.launch({executablePath: chromium, args});
try {
  for (const [name, {words, from, height, scheme}] of Object.entries(pictures)) {
    const file = path.join(scratch, name + '.html');
    write(words, file);
    const page = await browser.newPage({viewport: {width, height: 900}, colorScheme: scheme ?? 'light'});
    await page.goto(pathToFileURL(file).href);
    await page.waitForFunction(() => [...document.querySelectorAll('.plot')].every(
      (plot) => plot.dataset.drawn || plot.closest('details:not([open])')));
    const y = await page.evaluate((selector) => document.querySelector(selector).offsetTop, from);
    await page.screenshot({path: path.join(folder, `report-${name}.png`), fullPage: true,
                           clip: {x: 0, y: Math.max(0, y), width, height}});
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(scratch, {recursive: true});
}
