// Screenshots of every page in light, dark and on a phone, to be looked at: node shots.mjs URL TOKEN FOLDER [PAGE,…]
import { mkdirSync } from 'node:fs';
import { launch, signedIn } from './browser.mjs';

const [url, token, folder, only] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await launch();
const looks = [
  ['light', { viewport: { width: 1440, height: 1000 }, colorScheme: 'light' }],
  ['dark', { viewport: { width: 1440, height: 1000 }, colorScheme: 'dark' }],
  ['phone', { viewport: { width: 390, height: 844 }, colorScheme: 'light', deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
];
const first = await signedIn(browser, url, token);
const cookies = await first.context().cookies();
const id = await first.evaluate(async () => (await (await fetch('/api/v1/workloads?limit=1&sort=pods')).json()).items[0].id);
const pages = [
  ['overview', '/'],
  ['workloads', '/workloads'],
  ['workload', `/workloads/${id}`],
  ['policies', '/policies'],
  ['events', '/events'],
  ['held-back', '/events?outcome=refused'],
  ['audit', '/events?tab=audit'],
  ['cluster-events', '/events?tab=cluster'],
  ['health', '/health'],
  ['missing', '/nowhere'],
];
for (const [look, options] of looks) {
  const context = await browser.newContext(options);
  await context.addCookies(cookies);
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && console.log(`${look}: ${message.text()}`));
  for (const [name, path] of pages) {
    if (only && !only.split(',').includes(name)) continue;
    await page.goto(url + path);
    await page.waitForTimeout(1500);
    await page.screenshot({ path: `${folder}/${name}-${look}.png` });
  }
  await context.close();
}
await browser.close();
