/** A real browser for the tests of the page: Chromium, watched for errors and for where it goes. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { RunningCli } from '../cli/run-cli.ts';

const CHROMIUM = '/usr/bin/chromium';

/** Tests are skipped where there is no browser, unless CI says that there must be one. */
export const hasBrowser = existsSync(CHROMIUM) || process.env['PARTWISE_REQUIRE_BROWSER'] === '1';
if (!hasBrowser) console.warn(`There is no ${CHROMIUM}: the tests of the page are skipped.`);

/** One for all tests of a process, and ended with it. */
let browser: Promise<Browser> | null = null;

export interface Visit {
  readonly page: Page;
  /** Errors on the console, exceptions, and requests that left the page's origin. */
  readonly flaws: () => ReadonlyArray<string>;
}

export interface VisitOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** Opens an address in a window of its own, which is closed when the test ends. */
export const visit = async (
  url: string,
  { width = 1280, height = 900, colorScheme = 'light' }: VisitOptions = {},
): Promise<Visit> => {
  browser ??= chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  const context = await (await browser).newContext({ viewport: { width, height }, colorScheme });
  const page = await context.newPage();
  const flaws: Array<string> = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !isDeparture(message.text())) flaws.push(message.text());
  });
  page.on('pageerror', (error) => flaws.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) {
      flaws.push(`left the origin: ${request.url()}`);
    }
  });
  const made = { page, flaws: () => flaws };
  onTestFinished(() => context.close());
  await page.goto(url);
  return made;
};

/** When a download has ended its inspector goes, too: the browser tells that it cannot reconnect. */
const isDeparture = (text: string): boolean =>
  /net::ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)/.test(
    text,
  );

/** The address that a command tells. */
export const urlIn = async (cli: RunningCli, pattern: RegExp): Promise<string> => {
  let url = '';
  await cli.until(({ stdout, stderr }) => {
    url = pattern.exec(`${stdout}${stderr}`)?.[1] ?? '';
    return url !== '';
  });
  return url;
};

/** Waits until a text is as expected. */
export const untilText = async (page: Page, selector: string, text: RegExp): Promise<void> => {
  await expect
    .poll(() => page.locator(selector).textContent(), { timeout: 20_000, interval: 50 })
    .toMatch(text);
};

/** No part of the page is wider than the window. */
export const isWithinWindow = async (page: Page): Promise<boolean> =>
  (await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')) <= 0;

/**
 * Keeps a picture for people: in `PARTWISE_SCREENSHOTS`, else in the folder for temporary files;
 * with `UPDATE_DOCS=1`, those named so in the documentation, too.
 */
export const takePicture = async (
  page: Page,
  name: string,
  { isOfDocs = false, fullPage = false } = {},
): Promise<void> => {
  const folder = process.env['PARTWISE_SCREENSHOTS'] ?? join(tmpdir(), 'partwise-screenshots');
  await mkdir(folder, { recursive: true });
  const animations = 'disabled';
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage, animations });
  if (!isOfDocs || process.env['UPDATE_DOCS'] !== '1') return;
  await mkdir('docs/pictures', { recursive: true });
  await page.screenshot({ path: `docs/pictures/${name}.png`, fullPage, animations });
};
