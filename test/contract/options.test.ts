import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { OPTIONS, type Option, wholeNumberFrom } from '../../src/options.ts';
import { helperOptions } from '../../src/render/helper-options.ts';
import { parseScriptArguments } from '../../src/runtime/command/script-options.ts';
import { loadSpec } from '../../src/spec/load.ts';
import { DEFAULT_PARTITION_SET } from '../../src/spec/partition-set.ts';
import { refusalOf } from '../harness/render/spec-errors.ts';

const FULL = {
  metrics: {},
  budgets: {},
  partitionSets: [{ ...DEFAULT_PARTITION_SET, retention: { ...DEFAULT_PARTITION_SET.retention, maxDrops: 9 } }],
};

/** The spec as YAML with another value at an option's key. */
function specWith({ key }: Option, value: unknown): string {
  const document = structuredClone(FULL);
  const path = key.split('.');
  const top: unknown = path[0] === 'set' ? document.partitionSets[0] : document;
  if (path[0] === 'set') path.shift();
  const last = path.pop() ?? '';
  const place = path.reduce<unknown>((map, name) => Reflect.get(Object(map), name), top);
  Reflect.set(Object(place), last, value);
  return stringify(document);
}

function passedBy(yaml: string): string[] {
  const spec = loadSpec(yaml, 's.yaml');
  const [set] = spec.partitionSets;
  if (!set) throw new Error('there is no partition set');
  return helperOptions(spec, set).flat();
}

/** A value that is not the default, as a spec has it, and as a script passes it. */
function otherValue(option: Option): readonly [inSpec: string | number | boolean, passed: string] {
  switch (option.kind) {
    case 'whole number':
      return [option.max - 1, String(option.max - 1)];
    case 'choice': {
      const word = option.words.find((one) => one !== option.default) ?? '';
      return [word, word];
    }
    case 'time span':
      return ['7s', '7s'];
    case 'size':
      return ['3kB', '3072'];
    case 'flag':
      return [true, ''];
    case 'path':
      return ['/other/place', '/other/place'];
    case 'schema.name':
      return ['other.name', 'other.name'];
    case 'name':
      return ['other', 'other'];
  }
}

const ALL: ReadonlyArray<readonly [string, Option]> = Object.entries(OPTIONS);

describe.each(ALL)('%s', (_, option) => {
  test('what the spec says is passed by the script and read by the helper', () => {
    const [inSpec, passed] = otherValue(option);
    const words = passedBy(specWith(option, inSpec));
    expect(words).toContain(`--${option.flag}`);
    if (passed !== '') expect(words[words.indexOf(`--${option.flag}`) + 1]).toBe(passed);
    expect(parseScriptArguments(words).settings).not.toEqual(parseScriptArguments(passedBy(stringify(FULL))).settings);
  });

  test('a default that the table has is the spec’s', () => {
    if (option.default === undefined || option.kind === 'flag') return;
    const isSame =
      JSON.stringify(passedBy(specWith(option, option.default))) === JSON.stringify(passedBy(stringify(FULL)));
    expect(isSame).toBe(true);
  });
});

const NUMBERS = ALL.flatMap(([name, option]) => (option.kind === 'whole number' ? [[name, option] as const] : []));

test.each(NUMBERS)('%s out of its range is refused in the same words by spec and helper', (_, option) => {
  // parseArgs itself refuses what looks like an option.
  for (const value of [option.min - 1, option.max + 1].filter((one) => one >= 0)) {
    const words = passedBy(stringify(FULL));
    const at = words.indexOf(`--${option.flag}`) + 1;
    expect(() => parseScriptArguments(words.with(at, String(value)))).toThrow(wholeNumberFrom(option));
    expect(refusalOf(specWith(option, value)).message).toContain(wholeNumberFrom(option));
  }
});

test('a job that is switched off takes its options along', () => {
  const spec = loadSpec(stringify({ partitionSets: [{ ...DEFAULT_PARTITION_SET, retention: false }] }), 's.yaml');
  const [set] = spec.partitionSets;
  const words = set ? helperOptions(spec, set).flat() : [];
  expect(words).toContain('--ensure-function');
  for (const flag of ['--retention-function', '--detach-timeout', '--strategy']) expect(words).not.toContain(flag);
});

test('a name that begins with a hyphen reaches the helper', () => {
  const words = passedBy(specWith(OPTIONS.table, '-s.t'));
  expect(parseScriptArguments(words).settings.table).toEqual({ schema: '-s', name: 't' });
});
