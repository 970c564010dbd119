/** What people import: name by name, so that none comes or goes unnoticed. */
import { describe, expect, test } from 'vitest';
import * as effects from '../src/effects/index.ts';
import * as partwise from '../src/index.ts';
import * as inspector from '../src/inspector/index.ts';
import * as machines from '../src/machines/index.ts';
import * as store from '../src/store/index.ts';
import * as testing from '../src/testing/index.ts';

describe('the public subpaths', () => {
  test.each<[string, object, string]>([
    [
      'partwise',
      partwise,
      `DownloadFailed anonymousCredentials cleanBreakpoints describeError describeImport
       describeVerdict download environmentCredentials explainTarget findOrphans
       formatSize httpUrl importBreakpoint isResumable isTransient listBreakpoints
       ossObject parseOssUri prepareDownload removeOrphans resumableDownload sourceLabel
       startDownload staticCredentials`,
    ],
    [
      'partwise/machines',
      machines,
      `downloadInput downloadMachine fromTaskEither partMachine provideEffects toMermaid`,
    ],
    [
      'partwise/effects',
      effects,
      `anonymousCredentials environmentCredentials httpStorage liveClock liveEntropy
       liveHost loadCrc64 nodeFileSystem nodeFolders openConnections ossStorage presignedUrl
       staticCredentials undiciHttpClient`,
    ],
    [
      'partwise/store',
      store,
      `BreakpointHeader JOURNAL_MAGIC breakpointKey encodeFrame encodeRecord
       fileBreakpointStore fileClaims foldRecords judgeBreakpoint memoryBreakpointStore
       memoryClaims readJournal`,
    ],
    [
      'partwise/inspector',
      inspector,
      `TRACE_VERSION createInspector createTracer describeTraceFlaw foldView loadTrace
       openTraceFile readTrace redactor replayTrace safeInspection
       traceLines writeTrace`,
    ],
    [
      'partwise/testing',
      testing,
      `DEMO_ACCOUNT always chance crc64OfSynthetic diskFault diskRules entryLine farAnswer
       fault firstAttempts firstOf forKey forMethod forecast hollowObject once
       otherSettings rangeContains seeded simulate simulatedClock simulatedDisk
       simulatedHost simulatedNetwork simulatedOss simulatedPlainServer simulatedWorld
       startOssServer syntheticObject times when whenPart`,
    ],
  ])('%s gives these names and no others', (_, module, names) => {
    expect(Object.keys(module).sort()).toEqual(names.split(/\s+/));
  });
});
