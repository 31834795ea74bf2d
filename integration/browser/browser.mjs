// Debian's Chromium, without a sandbox (containers) and without talking to anybody but the server under test.
import { chromium } from 'playwright-core';

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--headless',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** A page that signed in by a link with the token in its fragment. */
export async function signedIn(browser, url, token, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`${url}/#token=${token}`);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  return page;
}
