/** The command line: what is understood, and what is refused in which words. */
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';
import { E } from '../../src/fp.ts';

const parse = (...words: ReadonlyArray<string>) => parseArguments(words, '1.2.3');
const mistake = (...words: ReadonlyArray<string>) => {
  const parsed = parse(...words);
  if (E.isRight(parsed)) throw new Error('it was understood');
  return parsed.left;
};

describe('parseArguments', () => {
  test('get has a source, perhaps a target, and options as they were typed', () => {
    const words = ['get', 'oss://b/k', 'out', '--part-size', '8MiB', '--no-verify', '--json'];
    const parsed = parse(...words, '--header', 'a:1', '--header', 'b:2');
    expect(parsed).toEqual(
      E.right({
        command: 'get',
        request: {
          source: 'oss://b/k',
          target: 'out',
          flags: { partSize: '8MiB', verify: false, json: true, header: ['a:1', 'b:2'] },
        },
      }),
    );
  });

  test('nothing that was not typed is set, but that it verifies', () => {
    expect(parse('get', 'oss://b/k')).toEqual(
      E.right({
        command: 'get',
        request: { source: 'oss://b/k', target: null, flags: { verify: true, header: [] } },
      }),
    );
  });

  test('serve and demo are commands', () => {
    expect(parse('serve', 'data', '--port', '80')).toMatchObject({
      right: { command: 'serve', request: { folder: 'data', flags: { port: '80' } } },
    });
    expect(parse('demo')).toEqual(E.right({ command: 'demo' }));
  });

  test('list, explain and clean are commands', () => {
    expect(parse('list', '--store', 's', '--json')).toEqual(
      E.right({ command: 'list', request: { store: 's', json: true } }),
    );
    expect(parse('explain', 'file', '--verify')).toEqual(
      E.right({ command: 'explain', request: { target: 'file', verify: true } }),
    );
    const words = ['--all', '--older-than', '7d', '--orphans', '--dry-run'];
    expect(parse('clean', ...words)).toEqual(
      E.right({
        command: 'clean',
        request: { target: null, all: true, olderThan: '7d', orphans: true, dryRun: true },
      }),
    );
    expect(parse('clean', '--orphans', 'dir')).toMatchObject({
      right: { request: { target: null, orphans: 'dir' } },
    });
  });

  test('the version is what package.json says', () => {
    expect(parse('--version')).toEqual(E.right({ command: 'show', text: '1.2.3\n' }));
  });

  test('the help of get lists every option, variable and exit code', () => {
    const shown = parse('get', '--help');
    expect(shown).toMatchObject({ right: { command: 'show' } });
    const text = E.isRight(shown) && shown.right.command === 'show' ? shown.right.text : '';
    for (const word of [
      '--traffic-limit',
      '--header',
      'OSS_REGION',
      'OSS_ENDPOINT',
      '130 SIGINT',
    ]) {
      expect(text).toContain(word);
    }
  });

  test.each(['--limit-rate', '--on-change', '--checksum'])('%s is not an option', (option) => {
    expect(mistake('get', 'oss://b/k', option, 'x')).toMatchObject({
      _tag: 'UsageError',
      option,
    });
  });

  test.each(['upload'])('%s is not a command', (command) => {
    expect(mistake(command)).toMatchObject({ option: 'command', value: command });
  });

  test('--inspect has a port, or none behind the source', () => {
    const flagsOf = (...words: ReadonlyArray<string>) => {
      const parsed = parse('get', ...words);
      const isGet = E.isRight(parsed) && parsed.right.command === 'get';
      return isGet ? parsed.right.request.flags : null;
    };
    expect(flagsOf('oss://b/k', '--inspect')).toMatchObject({ inspect: true });
    expect(flagsOf('--inspect=8080', 'oss://b/k')).toMatchObject({ inspect: '8080' });
    expect(flagsOf('oss://b/k', '--watch', '--trace', 't')).toMatchObject({
      ...{ watch: true, trace: 't' },
    });
  });

  test('missing and excess words are mistakes', () => {
    expect(mistake('get').value).toContain('source');
    expect(mistake('get', 'a', 'b', 'c').value).toContain('too many arguments');
    expect(mistake('get', 'a', '--region').value).toContain('--region');
    expect(mistake().allowed).toContain('get');
  });

  test('a similar option is suggested', () => {
    const allowed = 'options that --help lists; perhaps --region was meant';
    expect(mistake('get', 'a', '--regoin', 'x').allowed).toBe(allowed);
    expect(mistake('gte').allowed).toMatch(/ or demo; perhaps get was meant$/);
    expect(mistake('get', 'a', '--xyz').allowed).toBe('options that --help lists');
  });

  test.each([
    [['get', 'https://h/a', '--headr=Authorization: hunter2']],
    [['get', 'https://h/a', '-HAuthorization:hunter2']],
    [['https://h/a?token=hunter2']],
    [['https://user:hunter2@h/a']],
  ])('a mistyped secret is not shown: %j', (words) => {
    expect(JSON.stringify(mistake(...words))).not.toContain('hunter2');
  });
});
