// The UI as a person meets it, in a real browser on the real platform: node --test ui.test.mjs SCALEOPS
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './browser.mjs';
import { start } from './platform.mjs';

let platform;
let browser;
let context;
let page;
const problems = [];

before(async () => {
  platform = await start(process.env.SCALEOPS ?? 'build/release/scaleops');
  browser = await launch();
  context = await browser.newContext({ viewport: { width: 1366, height: 900 } });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
});
after(async () => {
  await browser?.close();
  await platform?.stop();
});

const heading = (name) => page.getByRole('heading', { level: 1, name });

test('shows usage without signing in, live, with nothing to change', async () => {
  await page.goto(platform.url);
  await heading('Overview').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('figure', { name: 'CPU of the cluster over time' }).locator('canvas').waitFor();
  await page.getByRole('link', { name: 'Workloads', exact: true }).click();
  await heading('Workloads').waitFor();
  await page.getByRole('row').nth(3).waitFor();
  await page.getByRole('checkbox').nth(1).check();
  assert.equal(await page.getByRole('button', { name: 'Automate', exact: true }).isDisabled(), true);
});

test('moves on by itself: the charts grow without a reload', async () => {
  await page.goto(platform.url);
  await heading('Overview').waitFor();
  const clock = page.locator('.top-clock');
  const first = await clock.innerText();
  let loads = 0;
  page.on('load', () => ++loads);
  const series = page.waitForResponse((response) => response.url().includes('/api/v1/series'));
  await series;
  await page.waitForFunction((before) => document.querySelector('.top-clock').innerText !== before, first);
  assert.equal(loads, 0);
});

test('says in words that a token is wrong, in the dialog and for a link', async () => {
  await page.getByText('to make changes').first().click();
  const dialog = page.getByRole('dialog', { name: 'Sign in' });
  await dialog.getByLabel('Token').fill('nonsense');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.getByRole('alert').getByText('The cluster does not accept this token.').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.route('**/api/v1/session', async (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), role: 'nobody' } });
  });
  await page.goto('about:blank');
  await page.goto(`${platform.url}/workloads#token=nonsense`);
  await page.getByRole('heading', { name: 'Sign in to ScaleOps' }).waitFor();
  await page.getByRole('status').getByText('The cluster does not accept this token.').first().waitFor();
  await page.unroute('**/api/v1/session');
});

test('signs in by the link, and the token leaves the address bar', async () => {
  await page.goto(platform.link);
  await page.getByText('demo-admin').first().waitFor();
  assert.equal(page.url().includes(platform.token), false);
  const cookies = await context.cookies();
  assert.equal(cookies.length, 1);
  assert.equal(cookies[0].httpOnly, true);
  assert.equal(cookies[0].sameSite, 'Strict');
});

test('opens a workload at its top, wherever one came from', async () => {
  await page.goto(platform.url);
  const link = page.locator('.card-tall .line-title a').first();
  await link.waitFor();
  await page.evaluate(() => document.querySelector('.body').scrollTo(0, 400));
  await link.click();
  await page.getByRole('heading', { name: 'Containers' }).waitFor();
  assert.equal(await page.evaluate(() => document.querySelector('.body').scrollTop), 0);
});

test('shows that something failed, also while the cluster is lively', async () => {
  await page.route('**/api/v1/policies', (route) =>
    route.fulfill({ status: 500, json: { error: { code: 'internal', message: 'Policies are out of reach.' } } }),
  );
  await page.goto(`${platform.url}/policies`);
  await page.getByText('Policies are out of reach.').waitFor();
  await page.unroute('**/api/v1/policies');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'high-replica' }).waitFor();
});

test('filters by typing and by choosing, and keeps that in the address', async () => {
  await page.goto(`${platform.url}/workloads`);
  await page.getByRole('row').nth(3).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('gateway');
  await page.waitForURL(/q=gateway/);
  await page.waitForFunction(() => document.querySelectorAll('.grid-row').length < 10);
  const names = await page.locator('.grid-row .who-name').allInnerTexts();
  assert.ok(names.length > 0 && names.every((name) => name.includes('gateway')), names.join());
  await page.reload();
  await page.locator('.grid-row').first().waitFor();
  assert.equal(await page.getByRole('searchbox').inputValue(), 'gateway');
});

test('is worked by keyboard: arrows move, space chooses, enter opens', async () => {
  await page.goto(`${platform.url}/workloads?sort=name&order=asc`);
  await page.locator('.grid-row').nth(3).waitFor();
  await page.locator('.grid-row').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press(' ');
  await page.getByRole('region', { name: 'Chosen workloads' }).waitFor();
  const second = await page.locator('.grid-row').nth(1).locator('.who-name').innerText();
  await page.keyboard.press('Enter');
  await heading(new RegExp(second.split('\n')[0])).waitFor();
});

test('explains a workload: containers, reasons in words, pods', async () => {
  await page.getByRole('heading', { name: 'Containers' }).waitFor();
  await page.locator('.reasons li').first().waitFor();
  await page.locator('.table tbody tr').first().waitFor();
  await page.getByRole('figure').first().locator('canvas').waitFor();
});

test('excludes a workload and takes it back, with a word in the audit log', async () => {
  await page.getByRole('button', { name: 'Exclude' }).click();
  await page.getByLabel('Why (for the audit log)').fill('browser test');
  await page.getByRole('dialog').getByRole('button', { name: 'Exclude' }).click();
  await page.getByRole('button', { name: 'Include again' }).waitFor();
  await page.getByText('“browser test”').waitFor();
  await page.getByRole('button', { name: 'Include again' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Include again' }).click();
  await page.getByRole('button', { name: 'Exclude' }).waitFor();
  await page.goto(`${platform.url}/events?tab=audit`);
  await page.getByText('“browser test”').first().waitFor();
});

test('automates all that a filter finds', async () => {
  await page.goto(`${platform.url}/workloads?namespace=shop`);
  await page.locator('.grid-row').nth(1).waitFor();
  await page.getByLabel('Select all that are loaded').check();
  await page.getByRole('button', { name: 'Automate', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Automate' }).click();
  await page.locator('.toast').first().waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.grid-row .cell-automation')].every((cell) => cell.textContent === 'Automated'),
  );
});

test('stops and resumes the whole platform', async () => {
  await page.getByRole('button', { name: 'Stop changes' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop all changes' }).click();
  await page.getByRole('button', { name: 'Stopped' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Stop changes' }).waitFor();
});

test('every page opens by its address, at the width of a phone, without scrolling sideways', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [path, name] of [
    ['/', 'Overview'],
    ['/workloads', 'Workloads'],
    ['/policies', 'Policies'],
    ['/events', 'Events'],
    ['/health', 'Health'],
  ]) {
    await page.goto(platform.url + path);
    await heading(name).waitFor();
    await page.waitForTimeout(300);
    const overflow = await page.evaluate(() => document.querySelector('.body').scrollWidth - document.querySelector('.body').clientWidth);
    assert.ok(overflow <= 0, `${path} is ${overflow} px too wide`);
  }
});

test('signs out', async () => {
  await page.setViewportSize({ width: 1366, height: 900 });
  await page.goto(platform.url);
  await page.getByTitle('Sign demo-admin out').first().click();
  await page.getByText('to make changes').first().waitFor();
});

test('says that the server is gone', async () => {
  const other = await start(process.env.SCALEOPS ?? 'build/release/scaleops');
  const watched = await context.newPage();
  await watched.goto(other.url);
  await watched.getByText('Live', { exact: true }).waitFor();
  await other.stop();
  await watched.getByRole('alert').getByText('The server does not answer.').waitFor({ timeout: 30_000 });
  await watched.close();
});

test('nothing broke the content security policy or threw on the way', () => {
  const unexpected = problems.filter((each) => !/40[13]|Failed to load resource/.test(each));
  assert.deepEqual(unexpected, []);
});
