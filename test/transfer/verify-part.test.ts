/** What a former process wrote is believed only after reading it. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { ErrorOf } from '../../src/domain/errors.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import type { OpenFile } from '../../src/effects/file-system.ts';
import { E, TE } from '../../src/fp.ts';
import { partLedger } from '../../src/transfer/part-ledger.ts';
import { verifyPart } from '../../src/transfer/verify-part.ts';
import type { Workspace } from '../../src/transfer/workspace.ts';
import { headerOf } from '../conformance/breakpoint-store.ts';

const crc64Of = await loadCrc64();
const NEVER = new AbortController().signal;

/** A workspace of 10 bytes in parts of 4, of which 3 bytes of part 2 are on record. */
const resume = (onDisk: string, readAt: OpenFile['readAt'] | null = null) => {
  const read: OpenFile['readAt'] = (buffer, position) => async () => {
    const found = Buffer.from(onDisk).subarray(position, position + buffer.length);
    buffer.set(found);
    return E.right(bytes(found.length));
  };
  const ledger = partLedger([{ part: 2, length: bytes(3), crc64: crc64Of(Buffer.from('456')) }]);
  const file = { readAt: readAt ?? read };
  const workspace = { plan: headerOf().plan, file, ledger, crc64Of };
  return { workspace: workspace as unknown as Workspace, ledger };
};

describe('verifyPart', () => {
  test('bytes that are as recorded are confirmed, whatever stands around them', async () => {
    const { workspace, ledger } = resume('xxxx456xxx');
    expect(await verifyPart(workspace, 2, NEVER)).toEqual(E.right(true));
    expect(ledger.isConfirmed(2)).toBe(true);
    expect(ledger.factOf(2).length).toBe(3);
    expect(ledger.note()).toEqual([]);
  });

  test.each(['0123x56789', '012345', '', '0123654789'])(
    'bytes that are not as recorded are forgotten: %j',
    async (onDisk) => {
      const { workspace, ledger } = resume(onDisk);
      expect(await verifyPart(workspace, 2, NEVER)).toEqual(E.right(false));
      expect(ledger.factOf(2).length).toBe(0);
      expect(ledger.sums().durable).toBe(0);
      expect(ledger.note()).toEqual([{ part: 2, length: 0, crc64: '0' }]);
    },
  );

  test('a part without recorded bytes is intact', async () => {
    const { workspace } = resume('');
    expect(await verifyPart(workspace, 1, NEVER)).toEqual(E.right(true));
  });

  test('an unreadable disk says nothing about the part: nothing is forgotten', async () => {
    const broken: ErrorOf<'DiskFailed'> = {
      _tag: 'DiskFailed',
      code: 'EIO',
      operation: 'read',
      path: 'a',
    };
    const { workspace, ledger } = resume('', () => TE.left(broken));
    expect(await verifyPart(workspace, 2, NEVER)).toEqual(E.left(broken));
    expect([ledger.factOf(2).length, ledger.isConfirmed(2)]).toEqual([3, false]);
  });

  test('an abort in the last read leaves the part neither confirmed nor forgotten', async () => {
    const controller = new AbortController();
    const { workspace, ledger } = resume('', (buffer) => async () => {
      controller.abort();
      return E.right(bytes(buffer.length));
    });
    expect(await verifyPart(workspace, 2, controller.signal)).toEqual(
      E.left({ _tag: 'Interrupted' }),
    );
    expect([ledger.factOf(2).length, ledger.isConfirmed(2)]).toEqual([3, false]);
  });
});
