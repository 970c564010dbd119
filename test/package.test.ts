/** What people import: every subpath gives what the pages say it gives. */
import { describe, expect, test } from 'vitest';
import * as effects from '../src/effects/index.ts';
import * as partwise from '../src/index.ts';
import * as inspector from '../src/inspector/index.ts';
import * as machines from '../src/machines/index.ts';
import * as store from '../src/store/index.ts';
import * as testing from '../src/testing/index.ts';

describe('the public subpaths', () => {
  test.each<[string, object, ReadonlyArray<string>]>([
    [
      'partwise',
      partwise,
      ['download', 'resumableDownload', 'ossObject', 'httpUrl', 'DownloadFailed', 'describeError'],
    ],
    [
      'partwise/machines',
      machines,
      ['downloadMachine', 'partMachine', 'provideEffects', 'toMermaid'],
    ],
    ['partwise/effects', effects, ['liveClock', 'nodeFileSystem', 'ossStorage', 'httpStorage']],
    ['partwise/store', store, ['fileBreakpointStore', 'memoryBreakpointStore', 'readJournal']],
    [
      'partwise/inspector',
      inspector,
      ['createInspector', 'replayTrace', 'createTracer', 'readTrace', 'writeTrace', 'redactor'],
    ],
    ['partwise/testing', testing, ['startOssServer', 'fault', 'once', 'syntheticObject']],
  ])('%s', (_, module, names) => {
    for (const name of names) expect(module).toHaveProperty(name);
  });
});
