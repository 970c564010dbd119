/** Secrets that are planted wherever a download meets them appear nowhere in its trace. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Source } from '../../src/domain/source.ts';
import { type CredentialsProvider, staticCredentials } from '../../src/effects/credentials.ts';
import { E } from '../../src/fp.ts';
import { httpUrl } from '../../src/sources.ts';
import { type Fault, type FaultRule, fault, forMethod, once } from '../../src/testing/index.ts';
import { redactor } from '../../src/trace/redact.ts';
import { openTraceFile } from '../../src/trace/trace-file.ts';
import { traceLines } from '../../src/trace/trace-lines.ts';
import { createTracer } from '../../src/trace/tracer.ts';
import { writeTrace } from '../../src/trace/write-trace.ts';
import { BUCKET, collect, KEY, type Scene, setScene } from '../acceptance/scene.ts';
import { startTraced, type TracedOptions } from './start-traced.ts';

const ACCOUNT = {
  accessKeyId: 'LTAI5tPlantedAccessKeyId',
  accessKeySecret: 'planted-access-key-secret',
  securityToken: 'planted-security-token',
};
const PLANTED = /planted/i;
const QUERY = [
  'x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-date=20240102T030405Z&x-oss-expires=60',
  'x-oss-signature=planted&x-oss-credential=planted%2F20240102&x-oss-security-token=planted',
].join('&');

/** A refusal that quotes all it was sent, as OSS does where a signature does not match. */
const echo = (status: number, code: string): Fault => ({
  ...{ _tag: 'Refuse', status, code },
  message: [
    'The request was: GET http://me:planted@h/k?Signature=planted&OSSAccessKeyId=planted',
    'Authorization: OSS4-HMAC-SHA256 Credential=LTAI5tPlantedAccessKeyId/x, Signature=planted',
    'x-oss-security-token: planted',
    '{"token":"planted"} <SignatureProvided>planted</SignatureProvided>',
    'LTAI5tPlantedAccessKeyId is disabled',
  ].join('\n'),
});

const throwing = (message: string): CredentialsProvider => {
  let asked = 0;
  return async (reason) => {
    asked += 1;
    if (reason === 'refresh' || asked > 3) throw new Error(message);
    return ACCOUNT;
  };
};

const oss = ({ source }: Scene): Source => source;
const signed = ({ server }: Scene): Source =>
  httpUrl(`${server.url}/${BUCKET}/${KEY}?${QUERY}`, {
    Authorization: 'Bearer planted',
    'X-Api-Key': 'planted',
    Cookie: 'planted=planted',
  });

interface Planting extends Omit<TracedOptions, 'inspect' | 'source'> {
  readonly source: (scene: Scene) => Source;
  readonly faults?: ReadonlyArray<FaultRule>;
  /** A word that shows that the trace tells of what was to happen. */
  readonly proof: string;
}

const CASES: Readonly<Record<string, Planting>> = {
  'of credentials that work': {
    ...{ source: oss, proof: 'download.renamed', credentials: staticCredentials(ACCOUNT) },
    faults: [forMethod('GET', once(fault.cutAfter(100)))],
  },
  'in a refusal that quotes the request': {
    ...{ source: oss, proof: 'SignatureDoesNotMatch', credentials: staticCredentials(ACCOUNT) },
    faults: [forMethod('GET', once(echo(403, 'SignatureDoesNotMatch')))],
  },
  'in a refusal that is tried again': {
    ...{ source: oss, proof: 'part.retrying', credentials: staticCredentials(ACCOUNT) },
    faults: [forMethod('GET', once(echo(503, 'ServiceUnavailable')))],
  },
  'in what a provider of credentials throws': {
    ...{ source: oss, proof: 'the vault says', credentials: throwing(QUOTED()) },
  },
  'in what a provider throws when access ran out': {
    ...{ source: oss, proof: 'refreshAccess', credentials: throwing(QUOTED()) },
    faults: [forMethod('GET', once(echo(403, 'SecurityTokenExpired')))],
  },
  'of a signed URL and its headers': { source: signed, proof: 'ServerRefused' },
  'of a URL that is refreshed': {
    ...{ source: signed, proof: 'refreshAccess' },
    faults: [() => echo(403, 'AccessDenied')],
    refreshUrl: async () => 'http://127.0.0.1:1/k?Signature=planted&OSSAccessKeyId=planted',
  },
  'in what a refresh of the URL throws': {
    ...{ source: signed, proof: 'the vault says' },
    faults: [() => echo(403, 'AccessDenied')],
    refreshUrl: async () => {
      throw new Error(QUOTED());
    },
  },
  'in label and target': {
    ...{ source: oss, proof: 'download.', credentials: staticCredentials(ACCOUNT) },
    label: 'https://me:planted@h/k?token=planted',
    targetName: 'object?x-oss-security-token=planted&Signature=planted',
  },
};

function QUOTED(): string {
  return 'the vault says: no https://me:planted@vault/?token=planted, secret=planted, Bearer planted';
}

describe('no secret is in a trace', () => {
  test.each(Object.entries(CASES))('%s', async (_, { source, faults = [], proof, ...options }) => {
    const scene = await setScene({ server: { accounts: [ACCOUNT] } });
    scene.server.setFaults(faults);
    const path = join(scene.folder, 'trace.jsonl');
    const tracer = createTracer({
      ...{ now: () => performance.now(), startedAtMs: 0 },
      ...{ partwise: '0.0.0', host: 'test' },
    });
    const opened = await openTraceFile(path)();
    if (E.isLeft(opened)) throw new Error(opened.left.code);
    const writer = writeTrace({
      ...{ lines: traceLines(tracer.header, redactor()), sink: opened.right },
      ...{ later: setImmediate, failed: () => {} },
    });
    tracer.subscribe(writer.write);
    const { inspect } = tracer;
    const { job, close } = startTraced(scene, { ...options, source: source(scene), inspect });
    await collect(job);
    await close();
    await writer.close();
    const text = await readFile(path, 'utf8');
    expect(text).toContain(proof);
    expect(text).toMatch(/"type":"ended","at":[\d.]+,"actor":"download"/);
    expect(text).not.toMatch(PLANTED);
  });
});
