/**
 * What the inspector's page consists of: a table that is read once. A request can only name an
 * entry of it, so that no path of the file system is ever made from what somebody asked for.
 */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname } from 'node:path';

export interface StaticFile {
  /** As `content-type` has it. */
  readonly type: string;
  readonly body: Buffer;
}

/** By the path behind the token, such as `page/main.js`; `''` is the page itself. */
export interface StaticFiles {
  readonly files: ReadonlyMap<string, StaticFile>;
  /** Those that should be there and are not: the package was not built. */
  readonly missing: ReadonlyArray<string>;
}

export const loadStaticFiles = async (): Promise<StaticFiles> => {
  const sources = new Map<string, URL | string>([...FIXED, ...(await pageModules())]);
  const read = await Promise.all(
    [...sources].map(async ([path, source]) => [path, await fileOf(source)] as const),
  );
  const files = new Map<string, StaticFile>();
  for (const [path, file] of read) if (file !== null) files.set(path, file);
  return {
    files,
    missing: [...sources.keys(), ENTRY].filter((path) => !files.has(path)),
  };
};

/** As deep in `src` as in `dist`. */
const ASSETS = new URL('../../assets/', import.meta.url);
const { resolve } = createRequire(import.meta.url);

const FIXED: ReadonlyArray<readonly [string, URL | string]> = [
  ['', new URL('page/index.html', ASSETS)],
  ['style.css', new URL('page/style.css', ASSETS)],
  ['uplot.css', resolve('uplot/dist/uPlot.min.css')],
  ['uplot.js', resolve('uplot/dist/uPlot.esm.js')],
  ['chart/download.svg', new URL('charts/download.svg', ASSETS)],
  ['chart/part.svg', new URL('charts/part.svg', ASSETS)],
];

/** The module that the page loads first. */
const ENTRY = 'page/main.js';

/** The compiled page: beside this module where that is compiled, else where the build put it. */
const PAGES = [new URL('page/', import.meta.url), new URL('../dist/inspector/page/', ASSETS)];

const pageModules = async (): Promise<ReadonlyArray<readonly [string, URL]>> => {
  for (const folder of PAGES) {
    const names = await readdir(folder).catch(() => []);
    const modules = names.filter((name) => extname(name) === '.js');
    if (modules.length > 0) {
      return modules.map((name) => [`page/${name}`, new URL(name, folder)] as const);
    }
  }
  return [];
};

const fileOf = async (source: URL | string): Promise<StaticFile | null> => {
  const type = TYPES[extname(typeof source === 'string' ? source : source.pathname)];
  const body = await readFile(source).catch(() => null);
  return body === null || type === undefined ? null : { type, body };
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
