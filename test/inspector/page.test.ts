/** The inspector's page as a person meets it: the built command, a real server, a real browser. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fault, firstAttempts, forMethod, whenPart } from '../../src/testing/index.ts';
import {
  builtMain,
  type RunningCli,
  SIGNED_IN,
  serve,
  startCli,
  temporaryFolder,
} from '../cli/run-cli.ts';
import { hasBrowser, isWithinWindow, takePicture, untilText, urlIn, visit } from './browser.ts';

const PART_SIZE = 500_000;

/** Part 4 is refused twice, part 10 reset once, and all are slow enough to be watched. */
const faultsOf = (bytesPerSecond: number) => [
  whenPart(
    { index: 3, size: PART_SIZE },
    firstAttempts(2, fault.refuse(503, 'ServiceUnavailable', '4')),
  ),
  whenPart({ index: 9, size: PART_SIZE }, firstAttempts(1, fault.reset)),
  forMethod('GET', fault.slow(bytesPerSecond)),
];

interface Watched {
  readonly cli: RunningCli;
  readonly url: string;
}

/** Starts the command on 10 MB, and waits until it tells where its inspector is. */
const startWatched = async ({
  bytesPerSecond = 250_000,
  words = [] as ReadonlyArray<string>,
} = {}): Promise<Watched> => {
  const folder = await temporaryFolder();
  const server = await serve({ faults: faultsOf(bytesPerSecond) });
  const cli = await startCli(
    [
      ...['get', 'oss://demo/synthetic/7/10MB', join(folder, 'object.bin')],
      ...['--endpoint', server.url, '--store', join(folder, 'store')],
      ...['--part-size', '500KB', '--threshold', '100KB', '--concurrency', '6'],
      ...['--inspect', ...words],
    ],
    { env: SIGNED_IN },
  );
  return { cli, url: await urlIn(cli, /Inspector: (http\S+)\s/) };
};

/** The part at the map's cursor, as it is told to those who cannot see the map. */
const partWords = (page: Page): Promise<string | null> =>
  page.locator('#map').getAttribute('aria-valuetext');

beforeAll(async () => {
  if (hasBrowser) await builtMain();
}, 120_000);

describe.skipIf(!hasBrowser)('the page of a download that runs', () => {
  test('shows states change, and why parts wait, until the end and after it', async () => {
    const { cli, url } = await startWatched();
    const { page, flaws } = await visit(url);
    await untilText(page, '#word', /downloading/);
    await untilText(page, '#label', /synthetic\/7\/10MB/);
    await untilText(page, '[data-count="flowing"]', /[1-6]/);
    await expect.poll(() => page.locator('.chart .active.innermost').count()).toBeGreaterThan(0);
    expect(await page.locator('[data-state="download.downloadingParts"].active').count()).toBe(1);

    const part4 = { position: { x: 3.5 * 26, y: 10 } };
    await page.locator('#map-canvas').hover(part4);
    await untilText(page, '#tip-title', /^Part 4$/);
    await untilText(page, '#tip-state', /backing off, [12] failed in a row, .*503.*again in/);
    await untilText(page, '#tip-range', /bytes 1.500.000–1.999.999/);
    await page.locator('#map-canvas').click(part4);
    await untilText(page, '#chosen-title', /^Part 4$/);
    await expect
      .poll(() => page.locator('[data-state^="part."].innermost').count())
      .toBeGreaterThan(0);
    await untilText(page, '[data-count="durable"]', /[1-9]/);
    await untilText(page, '#word', /downloading/);
    await takePicture(page, 'inspector-live', { isOfDocs: true });

    expect((await cli.end).code).toBe(0);
    await untilText(page, '#word', /renamed|done|complete/);
    await untilText(page, '#notice', /has ended/);
    await untilText(page, '[data-count="durable"]', /^20$/);
    expect(await page.locator('#pause').getAttribute('aria-disabled')).toBe('true');
    await takePicture(page, 'inspector-ended');
    expect(flaws()).toEqual([]);
  });

  test('pauses and resumes, and says why a button cannot be pressed', async () => {
    const { cli, url } = await startWatched({ bytesPerSecond: 400_000 });
    const { page, flaws } = await visit(url, { colorScheme: 'dark' });
    await untilText(page, '[data-count="flowing"]', /[1-6]/);
    expect(await page.locator('#resume').getAttribute('aria-disabled')).toBe('true');
    await untilText(page, '#why-resume', /not paused/);
    await page.getByRole('button', { name: 'Pause' }).click();
    await untilText(page, '#word', /paused/);
    await untilText(page, '#why-pause', /paused already/);
    await untilText(page, '[data-count="flowing"]', /^0$/);
    expect(await page.locator('[data-state="download.paused"].innermost').count()).toBe(1);
    await takePicture(page, 'inspector-paused');
    await page.getByRole('button', { name: 'Resume' }).click();
    await untilText(page, '#word', /downloading/);
    expect((await cli.end).code).toBe(0);
    await untilText(page, '#percent', /100\.0 %/);
    expect(flaws()).toEqual([]);
  });

  test('asks before it cancels, and keeps what was fetched', async () => {
    const { cli, url } = await startWatched();
    const { page, flaws } = await visit(url);
    await untilText(page, '[data-count="flowing"]', /[1-6]/);
    await page.getByRole('button', { name: 'Cancel…' }).click();
    await page.getByRole('button', { name: 'Go on downloading' }).click();
    await untilText(page, '#word', /downloading/);
    await page.getByRole('button', { name: 'Cancel…' }).click();
    await page.getByRole('button', { name: 'Cancel the download' }).click();
    const { code } = await cli.end;
    expect(code).not.toBe(0);
    await untilText(page, '#word', /cancelled/);
    expect(flaws()).toEqual([]);
  });

  test('can be used with the keyboard alone', async () => {
    const { url } = await startWatched({ bytesPerSecond: 60_000 });
    const { page, flaws } = await visit(url);
    await untilText(page, '[data-count="flowing"]', /[1-6]/);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter'); // The link that skips to the map.
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('map');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => partWords(page)).toMatch(/^Part 3: /);
    await page.keyboard.press('End');
    await expect.poll(() => partWords(page)).toMatch(/^Part 20: queued/);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await untilText(page, '#chosen-title', /^Part 1$/);
    await expect
      .poll(() => page.locator('[data-state="part.fetching"].active').count())
      .toBeGreaterThan(0);

    await page.locator('#tab-log').focus();
    expect(await page.locator('#log-actors').inputValue()).toBe('part-1');
    await page.locator('#log-list').focus();
    await expect.poll(() => page.locator('.entry').count()).toBeGreaterThan(0);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await untilText(page, '.entry pre', /"actor": "part-1"/);
    expect(flaws()).toEqual([]);
  });

  test('searches the log, draws the sequence, and marks what changed in the context', async () => {
    const { url } = await startWatched({ bytesPerSecond: 60_000 });
    const { page, flaws } = await visit(url);
    await untilText(page, '#retries', /[1-9]/);
    await page.locator('#happenings').scrollIntoViewIfNeeded();
    await expect.poll(() => page.locator('.entry').count()).toBeGreaterThan(5);
    await page.getByRole('searchbox').fill('ServiceUnavailable');
    await untilText(page, '.entry >> nth=0', /503/);
    const found = await page.locator('.entry').allTextContents();
    expect(found.filter((text) => !/503|ServiceUnavailable/.test(text))).toEqual([]);
    await takePicture(page, 'inspector-log', { isOfDocs: true });
    await page.getByRole('searchbox').fill('');

    await page.getByRole('tab', { name: 'Sequence' }).click();
    await untilText(page, '.sequence .actors', /download.*part-/);
    await expect.poll(() => page.locator('.sequence .message').count()).toBeGreaterThan(3);
    await takePicture(page, 'inspector-sequence', { isOfDocs: true });
    await page.getByRole('tab', { name: 'Context' }).click();
    await untilText(page, '#context', /intent: "download"/);
    await untilText(page, '#context-changes', /progress\.received/);
    expect(flaws()).toEqual([]);
  });

  test('fits windows 1280 and 400 pixels wide, light and dark', async () => {
    const { url } = await startWatched({ bytesPerSecond: 60_000 });
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 400]) {
        const { page, flaws } = await visit(url, { width, height: 800, colorScheme });
        await untilText(page, '[data-count="flowing"]', /[1-6]/);
        await page.locator('#map').focus();
        expect(await isWithinWindow(page), `${width} ${colorScheme}`).toBe(true);
        const isOfDocs = (width === 400) === (colorScheme === 'light');
        await takePicture(page, `inspector-${width}-${colorScheme}`, { isOfDocs });
        await takePicture(page, `inspector-${width}-${colorScheme}-whole`, { fullPage: true });
        expect(flaws()).toEqual([]);
      }
    }
  });

  test('has a theme of its own choice', async () => {
    const { url } = await startWatched({ bytesPerSecond: 60_000 });
    const { page } = await visit(url, { colorScheme: 'light' });
    const ground = (): Promise<string> =>
      page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const light = await ground();
    const button = page.getByRole('button', { name: /Theme/ });
    await button.click();
    expect(await ground()).toBe(light);
    await button.click();
    await untilText(page, '#theme', /Dark/);
    expect(await ground()).not.toBe(light);
  });
});

describe.skipIf(!hasBrowser)('the page of a recorded download', () => {
  test('scrubs over time, steps, jumps to errors, and plays', async () => {
    const recorded = await temporaryFolder();
    const trace = join(recorded, 'trace.jsonl');
    const { cli } = await startWatched({ bytesPerSecond: 900_000, words: ['--trace', trace] });
    expect((await cli.end).code).toBe(0);
    const replay = await startCli(['replay', trace]);
    const { page, flaws } = await visit(await urlIn(replay, /Replay: (http\S+)\s/));
    await untilText(page, '#mode', /replay/);
    const moment = page.locator('#moment');
    const lengthMs = async (): Promise<number> => Number(await moment.getAttribute('max'));
    await expect.poll(lengthMs).toBeGreaterThan(1_000);
    const durationMs = await lengthMs();
    expect(await page.locator('#commands').isVisible()).toBe(false);

    await moment.fill(String(durationMs));
    await untilText(page, '#percent', /100\.0 %/);
    await moment.fill('0');
    await untilText(page, '#percent', /–|^0\.0 %/);
    await page.locator('h1').click();
    await page.keyboard.press('n');
    await untilText(page, '#because', /Part \d+ waits/);
    await untilText(page, '[data-count="backingOff"]', /^1$/);
    const atError = await moment.inputValue();
    expect(Number(atError)).toBeGreaterThan(0);
    await takePicture(page, 'inspector-replay', { isOfDocs: true });
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => moment.inputValue()).not.toBe(atError);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => Number(await moment.inputValue()) <= Number(atError)).toBe(true);

    await page.locator('#speed').selectOption('20');
    await page.locator('h1').click();
    await page.keyboard.press(' ');
    await untilText(page, '#percent', /100\.0 %/);
    await untilText(page, '#play', /Play/);
    expect(flaws()).toEqual([]);
  });
});
