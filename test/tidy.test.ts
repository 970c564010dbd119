/**
 * Rules about the code itself, after TigerBeetle's `src/tidy.zig`: what a reviewer would otherwise
 * have to repeat. A rule that cannot be checked here is advice, and lives in CONTRIBUTING.md.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { circlesIn } from './import-circles.ts';

/** Layer → what its modules may import, besides their own layer. A prefix; `*` is everything. */
const MAY_IMPORT: Readonly<Record<string, ReadonlyArray<string>>> = {
  fp: ['fp-ts'],
  domain: ['fp', 'io-ts'],
  effects: ['fp', 'domain', 'undici', 'hash-wasm', 'fast-xml-parser', 'node:'],
  store: ['fp', 'domain', 'effects', 'io-ts', 'node:path', 'node:crypto'],
  transfer: ['fp', 'domain', 'effects', 'store', 'node:path'],
  import: ['fp', 'domain', 'effects', 'store', 'transfer', 'io-ts', 'node:path', 'node:crypto'],
  housekeeping: ['fp', 'domain', 'effects', 'store', 'transfer', 'node:path'],
  machines: ['fp', 'domain', 'effects', 'store', 'transfer', 'xstate', 'node:path'],
  'download-failed': ['fp', 'domain'],
  sources: ['domain', 'download-failed'],
  'start-download': ['machines', 'download-failed', 'xstate'],
  'live-effects': ['domain', 'effects', 'store', 'transfer', 'machines', 'undici', 'node:'],
  breakpoints: [
    'fp',
    'domain',
    'store',
    'housekeeping',
    'live-effects',
    'download-failed',
    'node:path',
  ],
  'import-breakpoint': [
    'fp',
    'domain',
    'store',
    'import',
    'live-effects',
    'download-failed',
    'node:path',
  ],
  download: [
    'fp',
    'domain',
    'effects',
    'store',
    'machines',
    'live-effects',
    'download-failed',
    'sources',
    'start-download',
    'node:path',
  ],
  'resumable-download': [
    'domain',
    'effects',
    'store',
    'sources',
    'download',
    'start-download',
    'download-failed',
  ],
  index: [
    'domain',
    'effects',
    'housekeeping',
    'breakpoints',
    'machines',
    'store',
    'sources',
    'start-download',
    'download',
    'download-failed',
    'resumable-download',
    'import',
    'import-breakpoint',
  ],
  chart: ['machines'],
  trace: ['fp', 'domain', 'machines', 'io-ts', 'xstate', 'node:'],
  view: ['fp', 'domain', 'machines', 'trace'],
  inspector: ['fp', 'domain', 'effects', 'machines', 'chart', 'trace', 'view', 'xstate', 'node:'],
  testing: [
    'fp',
    'domain',
    'effects',
    'store',
    'transfer',
    'machines',
    'trace',
    'sources',
    'start-download',
    'download-failed',
    'node:',
  ],
  cli: ['*'],
};

/** Long, since a statechart editor opens one literal only. */
const ONE_LITERAL = 'src/machines/download-machine.ts';

/** Effects and the command are where the world comes in; everything below is replayable. */
const MAY_TOUCH_THE_WORLD = ['effects', 'cli', 'live-effects'];
const WORLD = new RegExp(
  [
    String.raw`\bDate\.now|\bDate\(\)|Math\.random|randomUUID|getRandomValues|performance\.now`,
    String.raw`\bprocess\.(env|argv|cwd|hrtime|pid|uptime|nextTick)\b|\bimport\(`,
    String.raw`\bset(Timeout|Interval|Immediate)\(`,
  ].join('|'),
);

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const filesIn = (folder: string): ReadonlyArray<SourceFile> =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));

const sources = filesIn('src');
const tests = filesIn('test');
const everything = [
  ...sources.map(({ path, text }) => ({ path: `src/${path}`, text })),
  ...tests.map(({ path, text }) => ({ path: `test/${path}`, text })),
];

const layerOf = (path: string): string => path.split('/')[0]!.replace(/\.ts$/, '');
const importsOf = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?:\bfrom|^import) '([^']+)'/gm)].map((match) => match[1]!);

const foreignImports = ({ path, text }: SourceFile): ReadonlyArray<string> => {
  const layer = layerOf(path);
  const allowed = MAY_IMPORT[layer] ?? [];
  if (allowed.includes('*')) return [];
  return importsOf(text)
    .map((name) => (name.startsWith('.') ? layerOf(posix.join(posix.dirname(path), name)) : name))
    .filter((name) => name !== layer && !allowed.some((known) => isWithin(name, known)));
};

/** `node:` stands for all that begins so, `fp-ts` for itself and what is below it. */
const isWithin = (name: string, known: string): boolean =>
  name === known || name.startsWith(known.endsWith(':') ? known : `${known}/`);

/** The text without comments. */
const codeOf = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

/** Paths of the files that break a rule: naming them is all the help a person needs. */
const breaking = (files: ReadonlyArray<SourceFile>, breaks: (file: SourceFile) => boolean) =>
  files.filter(breaks).map(({ path }) => path);

describe('every file', () => {
  test('imports only what its layer may', () => {
    const found = sources.map((file) => [file.path, foreignImports(file)] as const);
    expect(found.filter(([, foreign]) => foreign.length > 0)).toEqual([]);
  });

  test('is imported by none that it imports', () => {
    const local = ({ path, text }: SourceFile) =>
      importsOf(text)
        .filter((name) => name.startsWith('.'))
        .map((name) => posix.join(posix.dirname(path), name));
    expect(circlesIn(new Map(sources.map((file) => [file.path, local(file)])))).toEqual([]);
  });

  test('belongs to a known layer', () => {
    expect(breaking(sources, ({ path }) => MAY_IMPORT[layerOf(path)] === undefined)).toEqual([]);
  });

  test('of src opens with a comment that says what it is', () => {
    const opens = /^(#!.*\n)?\/\*\*/;
    expect(breaking(sources, ({ text }) => !opens.test(text))).toEqual([]);
  });

  test('has at most 300 lines of at most 100 columns', () => {
    const isLong = ({ path, text }: SourceFile) =>
      path.startsWith('src/') && path !== ONE_LITERAL && text.trimEnd().split('\n').length > 300;
    const isWide = ({ text }: SourceFile) =>
      text.split('\n').some((line) => [...line].length > 100 && !/(['"`/]).{30,}\1/.test(line));
    expect(breaking(everything, isLong)).toEqual([]);
    expect(breaking(everything, isWide)).toEqual([]);
  });

  test('below effects and cli is deterministic: no clock, chance, timers or environment', () => {
    const isImpure = ({ path, text }: SourceFile) =>
      !MAY_TOUCH_THE_WORLD.includes(layerOf(path)) &&
      !path.startsWith('inspector/page/') && // It runs in a browser.
      WORLD.test(codeOf(text).replace(/clock\.\w+\(/g, ''));
    expect(breaking(sources, isImpure)).toEqual([]);
  });

  test('has no default export, no enum, no namespace, no any, and nothing left to do', () => {
    const marks =
      /export default|^(export )?(const )?enum |^namespace |: any\b|as any\b|TODO|FIXME/m;
    expect(breaking(sources, ({ text }) => marks.test(codeOf(text)))).toEqual([]);
    const skips = /\b(test|describe)\.(only|skip|todo)\(/;
    expect(breaking(tests, ({ text }) => skips.test(text))).toEqual([]);
  });

  test('is named in kebab-case, its implementations after a dot', () => {
    const isNamed = /^([a-z0-9-]+\/)*[a-z0-9-]+(\.[a-z0-9-]+)*\.ts$/;
    expect(breaking(everything, ({ path }) => !isNamed.test(path))).toEqual([]);
  });
});

describe('fp-ts and XState', () => {
  test('are imported where they may be and nowhere else', () => {
    const isFp = ({ path, text }: SourceFile) => path !== 'fp.ts' && /from 'fp-ts/.test(text);
    expect(breaking(sources, isFp)).toEqual([]);
    const knowsXState = ['machines', 'trace', 'inspector', 'start-download'];
    const isStray = ({ path, text }: SourceFile) =>
      /from 'xstate/.test(text) && !knowsXState.includes(layerOf(path));
    expect(breaking(sources, isStray)).toEqual([]);
  });
});

describe('the words of people', () => {
  const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...docs()];

  test('link only to files that exist', () => {
    const missing = pages.flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map((match) => posix.join(posix.dirname(page), match[1]!))
        .filter((path) => !exists(path)),
    );
    expect(missing).toEqual([]);
  });
});

function docs(): ReadonlyArray<string> {
  return readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
}

function exists(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch (thrown) {
    return (thrown as { code?: string }).code === 'ENOTDIR';
  }
}
