/** What the server has for a page: a fixed table, and modules that need nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadStaticFiles } from '../../src/inspector/static-files.ts';
import { ask, watchDownload } from './watched-download.ts';

const PAGE = 'src/inspector/page';

describe('the modules of the page', () => {
  test('import nothing at run time but each other and the plot library', () => {
    const names = readdirSync(PAGE).filter((name) => name.endsWith('.ts'));
    expect(names.length).toBeGreaterThan(0);
    const imports = names.flatMap((name) => {
      const text = readFileSync(`${PAGE}/${name}`, 'utf8').replace(/^import type [^;]*;/gm, '');
      const found = [...text.matchAll(/\bfrom '([^']+)'|\bimport\(?\s*'([^']+)'/g)];
      return found.map((match) => ({ name, imported: match[1] ?? match[2] ?? '' }));
    });
    const isServed = ({ imported }: { readonly imported: string }) =>
      imported === '../uplot.js' || names.includes(imported.replace(/^\.\//, ''));
    expect(imports.filter((found) => !isServed(found))).toEqual([]);
  });
});

describe('loadStaticFiles', () => {
  test('finds the plot library, and says what is not built', async () => {
    const { files, missing } = await loadStaticFiles();
    expect(files.get('uplot.js')?.type).toBe('text/javascript; charset=utf-8');
    expect(files.get('uplot.css')?.type).toBe('text/css; charset=utf-8');
    for (const path of missing) expect(files.has(path)).toBe(false);
  });

  test('offers nothing but what a page is made of', async () => {
    const { files } = await loadStaticFiles();
    const form =
      /^$|^(style|uplot)\.css$|^uplot\.js$|^chart\/(download|part)\.svg$|^page\/[\w-]+\.js$/;
    expect([...files.keys()].filter((path) => !form.test(path))).toEqual([]);
  });

  test('is what the server gives, byte by byte', async () => {
    const { inspector } = await watchDownload();
    const { files, missing } = await loadStaticFiles();
    for (const [path, { type, body }] of files) {
      if (path === '' && missing.length > 0) continue;
      const { status, headers, text } = await ask(`${inspector.url}${path}`);
      expect([path, status, headers['content-type']]).toEqual([path, 200, type]);
      expect(text).toBe(body.toString());
    }
    const page = await ask(inspector.url);
    expect(page.status).toBe(missing.length > 0 ? 503 : 200);
  });
});
