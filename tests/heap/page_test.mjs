// SPDX-License-Identifier: MIT
// Opens a page of `cairn heap report` in a browser, and uses it:
//   page_test.mjs MODULES CHROMIUM PAGE SCREENSHOT
import assert from 'node:assert';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, chromium, file, screenshot] = process.argv.slice(2);
const puppeteer = createRequire(resolve(modules, 'package.json'))('puppeteer-core');
const browser = await puppeteer.launch({
  executablePath: chromium,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => faults.push(message.text()));
  page.on('request', (request) => { if (!request.url().startsWith('file:')) faults.push(request.url()); });
  await page.setViewport({ width: 1300, height: 1400 });
  await page.goto(pathToFileURL(resolve(file)).href);

  const count = (selector) => page.$$eval(selector, (list) => list.length);
  const textOf = (selector) => page.$eval(selector, (element) => element.textContent);
  assert((await count('.tile')) > 20, 'the map has tiles');
  assert((await count('#growth tbody tr')) > 0, 'the growth table has rows');
  assert.equal(await textOf('#growth tbody tr td:last-child'), 'Type1');
  assert.equal(await textOf('#growth tbody tr td:first-child'), '+12,000');

  // A click on an object's tile shows its path.
  await page.click('input[value=objects]');
  await page.evaluate(() => [...document.querySelectorAll('.tile')].find((tile) => /@/.test(tile.textContent)).click());
  assert((await count('#details .path li')) > 0, 'a click shows the path');
  assert((await count('#details .referrers li')) > 0, 'a click shows the referrers');
  const first = await textOf('#details h3');
  await page.screenshot({ path: screenshot });

  // A referrer that is shown can be clicked too.
  await page.evaluate(() => [...document.querySelectorAll('#details .path .link')].at(0).click());
  assert.notEqual(await textOf('#details h3'), '');

  // So can each type, whatever its name.
  for (const table of ['types', 'growth']) {
    await page.evaluate((id) => document.querySelectorAll(`#${id} tbody .link`).forEach((link) => link.click()), table);
  }

  // The keyboard does the same: arrows, Enter, + and -.
  await page.focus('.tile');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  assert.notEqual(await textOf('#details h3'), first);
  await page.evaluate(() => [...document.querySelectorAll('.tile')].find((tile) => tile.node !== shown && tile.node.children.length).focus());
  await page.keyboard.press('+');
  const level = await count('#crumbs .link');
  assert(level > 1, 'plus zooms in');
  await page.keyboard.press('Escape');
  assert.equal(await count('#crumbs .link'), level - 1);

  // A search leaves the rows that match.
  const rows = await count('#types tbody tr');
  await page.keyboard.press('/');
  await page.keyboard.type('type1');
  const found = await page.$$eval('#types tbody tr td:last-child', (cells) => cells.map((cell) => cell.textContent));
  assert(found.length > 0 && found.length < rows && found.every((name) => /type1/i.test(name)), String(found));
  assert((await count('.tile.faded')) > 0);

  // On paper the tables are whole and the search is not there.
  await page.emulateMediaType('print');
  assert.equal(await page.$eval('#search', (input) => input.closest('.bar').checkVisibility()), false);
  await page.pdf({ path: screenshot.replace(/png$/, 'pdf') });
  assert.deepEqual(faults, []);
  console.log('the page works');
} finally {
  await browser.close();
}
