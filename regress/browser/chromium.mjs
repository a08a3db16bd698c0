// SPDX-License-Identifier: Apache-2.0
// chromium.mjs: the browser of these tests, what it saw, and what axe says of it.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// The packages are those of regress/http.
const require = createRequire(new URL('../http/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axe = require('axe-core');

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
export const out = join(import.meta.dirname, 'out');

export const skip = executablePath ? false : 'no Chromium';
export const launch = () => chromium.launch({ executablePath, args: ['--no-sandbox'] });

export function shoot(page, name) {
  mkdirSync(out, { recursive: true });
  return page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
}

// A judge: the same document, in a browser of its own that runs scripts, as axe is one.
export async function judge(browser) {
  const context = await browser.newContext({ javaScriptEnabled: true });
  const page = await context.newPage();
  return async (html, name, colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 640 });
    await page.setContent(html);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${name} is ${wide} wide in ${width}`);
    await page.evaluate(axe.source);
    const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document,
      { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    assert.ok(passes.some(({ id }) => id === 'color-contrast'), `${name}: the contrast was judged`);
    assert.deepEqual(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]), [], `${name} ${colorScheme}`);
  };
}
