/** What is seen of real downloads, checked behind every record of their traces. */
import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { transition } from 'xstate';
import { viewDownload } from '../../src/cli/download-view.ts';
import { hasPart } from '../../src/domain/part-runs.ts';
import { rangeOfPart } from '../../src/domain/plan.ts';
import type { Download } from '../../src/start-download.ts';
import type { TraceRecord } from '../../src/trace/trace-record.ts';
import { PART_STATES, type PartState } from '../../src/view/download-view.ts';
import type { ViewFold } from '../../src/view/fold-view.ts';
import { SCENARIOS } from './scenarios.ts';
import { foldOf } from './traced-run.ts';

const NAMES = Object.keys(SCENARIOS);

const statesOf = (fold: ViewFold): ReadonlyArray<PartState> =>
  [...fold.view().parts].map((code) => PART_STATES[code]!);

/** What a view says of its parts does not contradict what the download knows of them. */
const checkParts = (fold: ViewFold, record: TraceRecord): void => {
  const { parts, lanes, lanesMax, states, progress, isEnded } = fold.view();
  assert.equal(parts.length, fold.view().plan?.partCount ?? 0);
  assert.ok(lanes.length <= lanesMax);
  const context = fold.context();
  if (record.type !== 'step' || record.actor !== 'download' || context === null) return;
  const { pending, active, workspace, plan } = context;
  for (const { part } of lanes) assert.ok(active.includes(part), `part ${part} has no lane`);
  if (plan === null || workspace === null || isEnded) return;
  const isRepairing = states[0] === 'download.repairing';
  let durable = 0;
  for (const [index, state] of statesOf(fold).entries()) {
    const part = index + 1;
    const isMissing = state === 'queued' || state === 'damaged';
    const isThere = state === 'written' || state === 'durable' || state === 'verifying';
    const where = `part ${part} is ${state} in ${states.join(', ')}`;
    if (hasPart(pending, part)) assert.ok(isMissing, where);
    else if (!active.includes(part)) assert.ok(isThere, where);
    const { start, end } = rangeOfPart(plan, part);
    if (state === 'durable' && plan.size !== null) durable += end - start;
  }
  if (!isRepairing && context.repaired === null) assert.ok(durable <= (progress?.durable ?? 0));
};

/** Which commands are enabled is what the machine itself does with them. */
const checkCommands = (fold: ViewFold, record: TraceRecord, { actor }: Download): void => {
  if (record.type !== 'step' || record.actor !== 'download') return;
  const snapshot = actor.getSnapshot();
  const { commands, isEnded, states, word } = fold.view();
  assert.equal(word, viewDownload(actor).state, 'page and bar differ');
  for (const type of ['pause', 'resume', 'cancel'] as const) {
    const { isEnabled, reason } = commands[type];
    assert.equal(isEnabled, reason === '');
    if (isEnded) assert.ok(!isEnabled);
    if (snapshot.status !== 'active') continue;
    const [next] = transition(
      actor.logic as typeof actor.logic & Parameters<typeof transition>[0],
      snapshot,
      { type },
    );
    const isMoved = JSON.stringify(next.value) !== JSON.stringify(snapshot.value);
    const isNoted = next.context.intent !== snapshot.context.intent;
    const where = `${type} in ${states.join(', ')}, ${snapshot.context.intent}`;
    if (isEnabled) assert.ok(isMoved || isNoted, `nothing comes of ${where}`);
    else assert.ok(!isMoved, `something comes of ${where}`);
  }
};

describe('the view of a real download', () => {
  test.each(NAMES)('%s: agrees with what the machine knows, at every record', async (name) => {
    const { records, fold } = await SCENARIOS[name]!({
      look: (it, record, job) => {
        checkParts(it, record);
        checkCommands(it, record, job);
      },
    });
    const { isEnded, because, lanes } = fold.view();
    expect(records.length).toBeGreaterThan(0);
    expect({ isEnded, lanes }).toEqual({ isEnded: true, lanes: [] });
    expect(because).not.toBe('');
  });

  test.each(NAMES)('%s: all is durable when the file is in place', async (name) => {
    const { fold, ended } = await SCENARIOS[name]!({});
    const { word, parts, progress } = fold.view();
    if (ended.outcome === null) return expect(word).not.toBe('renamed');
    expect(word).toBe('renamed');
    expect(new Set(statesOf(fold))).toEqual(new Set(parts.length === 0 ? [] : ['durable']));
    expect(progress?.durable).toBe(ended.outcome.size);
  });

  test.each(NAMES)('%s: is the same whether seen whole or from a saved moment on', async (name) => {
    const { records } = await SCENARIOS[name]!({});
    const straight = foldOf(records);
    for (let at = 0; at <= records.length; at += 7) {
      const saved = foldOf(records.slice(0, at)).save();
      const later = foldOf(records.slice(0, 3));
      later.restore(saved);
      for (const record of records.slice(at)) later.take(record);
      assert.deepEqual(later.view(), straight.view());
      const again = foldOf([]);
      again.restore(saved); // What was folded on has not changed what was saved.
      assert.deepEqual(again.view(), foldOf(records.slice(0, at)).view());
    }
    expect(straight.view().isEnded).toBe(true);
  });

  test.each(NAMES)('%s: a trace that was written and read shows the same', async (name) => {
    const { records } = await SCENARIOS[name]!({});
    const read = JSON.parse(JSON.stringify(records)) as ReadonlyArray<TraceRecord>;
    for (let at = 0; at <= records.length; at += 5) {
      const [one, other] = [foldOf(records.slice(0, at)), foldOf(read.slice(0, at))];
      assert.equal(JSON.stringify(other.view()), JSON.stringify(one.view()));
      assert.deepEqual(other.view().parts, one.view().parts);
    }
  });

  test.each([
    ['a refusal ends it', ['durable', 'queued']],
    ['a cancel that keeps', ['durable', 'queued']],
    ['a cancel that keeps nothing', ['queued']],
    ['the object changes', ['queued']],
    ['one request that fails', ['queued']],
    ['a full disk, and then a cancel', ['queued']],
  ])('%s: shows what is still on disk', async (name, states) => {
    const { fold } = await SCENARIOS[name]!({});
    expect([...new Set(statesOf(fold))].sort()).toEqual(states);
  });
});
