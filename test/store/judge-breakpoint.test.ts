/** When a breakpoint is continued, and why it is not. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { Crc64 } from '../../src/domain/crc64.ts';
import type { ObjectVersion } from '../../src/domain/object-version.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { RestartReason } from '../../src/domain/verdict.ts';
import type { FileFacts } from '../../src/effects/file-system.ts';
import type { BreakpointHeader, PartFact } from '../../src/store/breakpoint.ts';
import { type Evidence, judgeBreakpoint } from '../../src/store/judge-breakpoint.ts';
import { breakpointWith, factOf, headerOf } from '../conformance/breakpoint-store.ts';

const WANTED = { identity: headerOf().identity, target: headerOf().target };
const PART_FILE: FileFacts = {
  kind: 'file',
  size: bytes(10),
  allocated: bytes(10),
  modifiedAtMs: 0,
  identity: '42',
};

/** The judgement of a breakpoint of 10 bytes in parts of 4, which can be resumed as it is. */
const judge = ({
  header = {},
  facts = [factOf(1, 4), factOf(3, 1)],
  tornAt = null,
  ...now
}: {
  readonly header?: Partial<BreakpointHeader>;
  readonly facts?: ReadonlyArray<PartFact>;
  readonly tornAt?: number | null;
} & Partial<Omit<Evidence, 'reading'>> = {}) =>
  judgeBreakpoint({
    ...WANTED,
    reading: {
      _tag: 'Found',
      breakpoint: breakpointWith(headerOf(header), facts),
      tornAt: tornAt === null ? null : bytes(tornAt),
    },
    partFile: PART_FILE,
    version: headerOf().version,
    plan: headerOf().plan,
    ...now,
  });

const restarted = (because: RestartReason) => ({ _tag: 'Restarted', because });
const versionWith = (over: Partial<ObjectVersion>) => ({ ...headerOf().version, ...over });
const planWith = (over: Partial<Record<keyof Plan, unknown>>) =>
  ({ ...headerOf().plan, ...over }) as Plan;

describe('judgeBreakpoint', () => {
  test('the record of another download: AnotherDownload', () => {
    const another = restarted({ _tag: 'AnotherDownload' });
    expect(judge({ header: { identity: 'oss://elsewhere/other' } })).toEqual(another);
    expect(judge({ header: { target: '/elsewhere' } })).toEqual(another);
  });

  test('nothing there: Fresh', () => {
    const { version, plan } = headerOf();
    const evidence = {
      ...WANTED,
      reading: { _tag: 'Absent' },
      partFile: null,
      version,
      plan,
    } as const;
    expect(judgeBreakpoint(evidence)).toEqual({ _tag: 'Fresh' });
  });

  test('a stranger’s file: ForeignFormat', () => {
    const { version, plan } = headerOf();
    const evidence = {
      ...WANTED,
      reading: { _tag: 'Foreign' },
      partFile: PART_FILE,
      version,
      plan,
    } as const;
    expect(judgeBreakpoint(evidence)).toEqual(restarted({ _tag: 'ForeignFormat' }));
  });

  test('all as recorded: Resumed, after the recorded bytes', () => {
    expect(judge()).toEqual({ _tag: 'Resumed', bytes: 5, tornAt: null, trimmed: 0 });
    expect(judge({ facts: [] })).toEqual({ _tag: 'Resumed', bytes: 0, tornAt: null, trimmed: 0 });
    const all = [factOf(1, 4), factOf(2, 4), factOf(3, 2)];
    expect(judge({ facts: all })).toEqual({ _tag: 'Resumed', bytes: 10, tornAt: null, trimmed: 0 });
  });

  test('a torn tail does not hinder, and is told', () => {
    expect(judge({ tornAt: 900 })).toEqual({ _tag: 'Resumed', bytes: 5, tornAt: 900, trimmed: 0 });
  });

  test('another part size today does not cost what is there', () => {
    const plan = planWith({ partSize: bytes(3), partCount: bytes(4) });
    expect(judge({ plan })).toMatchObject({ _tag: 'Resumed' });
    const single = planWith({ strategy: 'single', partSize: bytes(10), partCount: bytes(1) });
    expect(judge({ plan: single })).toMatchObject({ _tag: 'Resumed' });
  });

  test('a part file that is longer than the object does not hinder', () => {
    expect(judge({ partFile: { ...PART_FILE, size: bytes(11) } })).toMatchObject({
      _tag: 'Resumed',
    });
  });

  test.each<[RestartReason & { _tag: 'ObjectChanged' }, Partial<ObjectVersion>]>([
    [{ _tag: 'ObjectChanged', difference: 'size' }, { size: bytes(11) }],
    [{ _tag: 'ObjectChanged', difference: 'size' }, { size: null }],
    [{ _tag: 'ObjectChanged', difference: 'etag' }, { etag: '"B"' }],
    [
      { _tag: 'ObjectChanged', difference: 'lastModified' },
      { etag: null, lastModified: 'Sat, 25 Feb 2012 06:07:48 GMT' },
    ],
    [{ _tag: 'ObjectChanged', difference: 'crc64' }, { crc64: '1' as Crc64 }],
  ])('another object: %j', (because, now) =>
    expect(judge({ version: versionWith(now) })).toEqual(restarted(because)),
  );

  test.each<[string, Partial<ObjectVersion>]>([
    [
      'a date of another node with the same ETag',
      { lastModified: 'Sat, 25 Feb 2012 06:07:48 GMT' },
    ],
    ['an ETag that was weakened on its way', { etag: `W/${headerOf().version.etag}` }],
  ])('%s does not hinder', (_, now) =>
    expect(judge({ version: versionWith(now) })).toMatchObject({ _tag: 'Resumed', bytes: 5 }),
  );

  test('another version of the object: ObjectChanged', () => {
    const version = versionWith({ versionId: 'v1' });
    expect(judge({ header: { version }, version: versionWith({ versionId: 'v2' }) })).toEqual(
      restarted({ _tag: 'ObjectChanged', difference: 'versionId' }),
    );
  });

  test('nothing to tell a changed object by: NoValidator', () => {
    const nothing = { etag: null, lastModified: null, versionId: null, crc64: null };
    const version = versionWith(nothing);
    const noValidator = restarted({ _tag: 'NoValidator' });
    expect(judge({ version, header: { version } })).toEqual(noValidator);
    expect(judge({ version })).toEqual(noValidator);
    const plan = planWith({ strategy: 'single', acceptsRanges: false });
    expect(judge({ version, plan })).toEqual(noValidator);
  });

  test('nothing that both the record and the server have: NoValidator', () => {
    const nothing = { etag: null, lastModified: null, versionId: null, crc64: null };
    const header = { version: versionWith({ ...nothing, etag: '"A"' }) };
    const version = versionWith({ ...nothing, lastModified: 'Sat, 25 Feb 2012 06:07:48 GMT' });
    expect(judge({ header, version })).toEqual(restarted({ _tag: 'NoValidator' }));
  });

  test('a server that stopped to accept ranges: NoRanges', () => {
    expect(judge({ plan: planWith({ acceptsRanges: false }) })).toEqual(
      restarted({ _tag: 'NoRanges' }),
    );
  });

  test.each<[string, Parameters<typeof judge>[0]]>([
    ['is of another size', { header: { plan: planWith({ size: 9, partCount: 3 }) } }],
    ['is of unknown size', { header: { plan: planWith({ size: null }) } }],
    ['has one part too few', { header: { plan: planWith({ partCount: 2 }) } }],
    ['has one part too many', { header: { plan: planWith({ partCount: 4 }) } }],
    ['has parts without a byte', { header: { plan: planWith({ partSize: 0 }) } }],
    ['is of one request', { header: { plan: planWith({ strategy: 'single' }) } }],
    ['has a fact of part 0', { facts: [factOf(0, 1)] }],
    ['has a fact of a negative part', { facts: [factOf(-1, 1)] }],
    ['has a fact of a part behind the last', { facts: [factOf(4, 1)] }],
    ['has a fact that is longer than its part', { facts: [factOf(1, 5)] }],
    ['has a fact that is longer than the last part', { facts: [factOf(3, 3)] }],
  ])('a recorded plan that %s: PlanInvalid', (_, evidence) =>
    expect(judge(evidence)).toEqual(restarted({ _tag: 'PlanInvalid' })),
  );

  test('no part file, or a folder in its place: PartFileMissing', () => {
    const because = restarted({ _tag: 'PartFileMissing' });
    expect(judge({ partFile: null })).toEqual(because);
    expect(judge({ partFile: { ...PART_FILE, kind: 'folder' } })).toEqual(because);
    expect(judge({ partFile: { ...PART_FILE, kind: 'other' } })).toEqual(because);
  });

  test('another file under its name: PartFileReplaced', () => {
    expect(judge({ partFile: { ...PART_FILE, identity: '43' } })).toEqual(
      restarted({ _tag: 'PartFileReplaced' }),
    );
  });

  test('a part file that was cut: PartFileShorter', () => {
    expect(judge({ partFile: { ...PART_FILE, size: bytes(9) } })).toEqual(
      restarted({ _tag: 'PartFileShorter', size: bytes(9), expected: bytes(10) }),
    );
  });

  test('the object is judged before the disk: who changed it matters most', () => {
    expect(judge({ version: versionWith({ etag: '"B"' }), partFile: null })).toEqual(
      restarted({ _tag: 'ObjectChanged', difference: 'etag' }),
    );
  });
});
