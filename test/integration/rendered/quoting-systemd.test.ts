import { expect, test } from 'vitest';
import { exec, program, unit } from '../../../src/render/quoting.ts';
import { hostileText, samples } from '../../harness/render/hostile.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';
import { commandWords, SYSTEMD_PARSER, understood } from '../../harness/systemd/parser.ts';

const HEAD = '[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\n';

const read = (lines: readonly string[], name: string) =>
  understood(`${HEAD}${lines.join('\n')}\n`)
    .filter(([found]) => found === name)
    .map(([, value]) => value);

describeNeeding(SYSTEMD_PARSER, "values come back whole from systemd's own parser", () => {
  test('exec: a thousand arguments', () => {
    const values = samples(hostileText());
    const commands = read(
      values.map((value) => `ExecStart=/bin/true ${exec(value)} end`),
      'Command Line',
    ).map(commandWords);
    // The last step, when the program is started: `$$` is `$`, and nothing else with a `$` may be left.
    const expected = values.map((value) => ['/bin/true', value.replaceAll('$', '$$$$'), 'end']);
    expect(commands).toEqual(expected);
  });

  test('program: a thousand paths', () => {
    const values = samples(hostileText({ lines: false }).map((text) => `/opt/x${text.replace(/["'\\/]/g, '_')}`));
    const commands = read(
      values.map((value) => `ExecStart=${program(value)} 1`),
      'Command Line',
    ).map(commandWords);
    expect(commands).toEqual(values.map((value) => [value, '1']));
  });

  test('unit: a thousand raw values', () => {
    const values = samples(
      hostileText({ lines: false }).map(
        (text) => `/etc/x${text.replaceAll('/', '_')}${text === text.trim() ? '' : '!'}.env`,
      ),
    );
    const files = read(
      ['ExecStart=/bin/true', ...values.map((value) => `EnvironmentFile=-${unit(value)}`)],
      'EnvironmentFile',
    );
    expect(files).toEqual(values.map((value) => `-${value}`));
  });

  test('unit: a description', () => {
    const [value = ''] = read(
      ['ExecStart=/bin/true', '[Unit]', `Description=${unit('100% of "$HOME" \\n')}`],
      'Description',
    );
    expect(value).toBe('100% of "$HOME" \\n');
  });

  test.each(['with"quotes', "with'quotes", 'with\\backslash'])(
    'systemd refuses a program %s, and so does program',
    (name) => {
      expect(() => read([`ExecStart=${JSON.stringify(`/opt/${name}`)}`], 'Command Line')).toThrow(/special characters/);
      expect(() => program(`/opt/${name}`)).toThrow(/no quotes and no backslash/);
    },
  );
});
