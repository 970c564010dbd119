/** What the page says of errors is what the code does. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-codes.ts';
import {
  type DownloadError,
  ERROR_TAGS,
  isResumable,
  isTransient,
} from '../../src/domain/errors.ts';
import { unavailable } from '../../src/effects/credentials.ts';
import { redirectFrom } from '../../src/effects/http-redirect.ts';
import { classifyRefusal, readRefusal } from '../../src/effects/oss-answer.ts';
import { E } from '../../src/fp.ts';

const PAGE = readFileSync('docs/errors.md', 'utf8');

/** The rows of the table of tags: what stands behind each tag. */
const ROWS = new Map(
  [...PAGE.matchAll(/^\| `([A-Z]\w+)` \|(.+)\|(.+)\|(.+)\|(.+)\|$/gm)].map((match) => {
    const [tag, when, again, kept, code] = match.slice(1).map((cell) => cell.trim());
    return [tag, { when, again, kept, code }] as const;
  }),
);

/** An error by tag alone: the questions asked here look at nothing else. */
const tagged = (_tag: DownloadError['_tag']) => ({ _tag }) as DownloadError;

const isYes = (cell: string | undefined): boolean => /^yes\b/.test(cell ?? '');

describe('docs/errors.md', () => {
  test('has one row for every tag of the union, and no other', () => {
    expect([...ROWS.keys()].sort()).toEqual([...ERROR_TAGS].sort());
  });

  test('says of which errors the request is asked again', () => {
    const said = ERROR_TAGS.filter((tag) => isYes(ROWS.get(tag)?.again));
    expect(said).toEqual(ERROR_TAGS.filter((tag) => isTransient(tagged(tag))));
  });

  test('says after which errors a later run goes on', () => {
    const said = ERROR_TAGS.filter((tag) => isYes(ROWS.get(tag)?.kept));
    expect(said).toEqual(ERROR_TAGS.filter((tag) => isResumable(tagged(tag))));
  });

  test('says the exit codes', () => {
    const told = ERROR_TAGS.filter((tag) => tag !== 'Interrupted'); // Never reaches the command.
    const said = told.map((tag) => [tag, ROWS.get(tag)?.code?.split(',')[0]]);
    expect(said).toEqual(told.map((tag) => [tag, String(exitCodeOf(tagged(tag)))]));
  });

  const ASKED = { request: null, hasSession: false, urlExpiryMs: null };
  const classified = (status: number, code: string | null): DownloadError['_tag'] => {
    const body = code === null ? '' : `<Error><Code>${code}</Code></Error>`;
    return classifyRefusal(readRefusal({ status, headers: {} }, Buffer.from(body)), ASKED)._tag;
  };

  test('says which statuses are a busy server and which a refusal', () => {
    const named = (tag: DownloadError['_tag'], text: string) =>
      [...text.matchAll(/\b(\d{3})\b(?: `(\w+)`)?/g)].map((match) => [
        tag,
        classified(Number(match[1]), match[2] ?? null),
        match[0],
      ]);
    const [busy, refused] = [ROWS.get('ServerBusy')?.when, ROWS.get('ServerRefused')?.when];
    const [less, but = ''] = busy?.split(/every status from 500 on but/) ?? [];
    const [exceptions = '', more = ''] = but.split(', and ');
    const said = [
      ...named('ServerBusy', `${less} ${more}`),
      ...named('ServerRefused', `${exceptions} ${refused}`),
    ];
    expect(said.length).toBeGreaterThan(10);
    expect(said.filter(([tag, is]) => tag !== is)).toEqual([]);
    const from500 = Array.from({ length: 100 }, (_, index) => 500 + index);
    const notBusy = from500.filter((status) => classified(status, null) !== 'ServerBusy');
    expect(notBusy).toEqual([...exceptions.matchAll(/\d{3}/g)].map(Number));
  });

  test('names the codes of ours', () => {
    const redirected = (location: string, hops: number) =>
      redirectFrom(
        { url: 'https://h/o', headers: {} },
        { status: 302, headers: { location } },
        hops,
      );
    const refusals = [
      E.left(unavailable('')),
      redirected('/o', 5),
      redirected('http://h/o', 0),
      redirected('', 0),
    ];
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ left: { _tag: 'ServerRefused' } });
      if (E.isLeft(refusal) && 'code' in refusal.left) {
        expect(PAGE).toContain(`\`${refusal.left.code}\``);
      }
    }
    expect(unavailable('')).toMatchObject({ status: 0 });
  });
});
