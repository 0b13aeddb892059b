import { VERBS, type Verb } from './verbs.ts';

/** What a person may add to a call of a script; `type` is for parseArgs. */
type PersonOption = {
  readonly type: 'boolean' | 'string';
  /** What the help calls its value. */
  readonly value?: string;
  /** The verbs that it belongs to; all, if not given. */
  readonly verbs?: readonly Verb[];
  /** What the help says of it, a line each. */
  readonly help: readonly [string, ...string[]];
};

const RETENTION: readonly Verb[] = ['retention', 'plan'];

/** In the order of the help. */
export const PERSON_OPTIONS = {
  json: { type: 'boolean', help: ['print the report, or the error where there is none, as one JSON document'] },
  'allow-drops': {
    type: 'string',
    value: 'N',
    verbs: RETENTION,
    help: ['let this one run take up to N partitions, whatever maxDropShare and maxDrops say'],
  },
  'allow-drop-bytes': {
    type: 'string',
    value: 'SIZE',
    verbs: RETENTION,
    help: ['let this one run take up to SIZE, such as 500MB, whatever maxDropBytes says'],
  },
  'apply-grace-days': {
    type: 'boolean',
    verbs: RETENTION,
    help: [
      'end the grace of what is detached already by the graceDays of the spec, in this one run,',
      'even before the date that was promised',
    ],
  },
  'allow-idle': {
    type: 'boolean',
    verbs: RETENTION,
    help: ['let this one run drop although months without rows make the clocks suspicious'],
  },
  'from-table': {
    type: 'string',
    value: 'SCHEMA.NAME',
    verbs: ['restore'],
    help: ['restore this table as the partition of YYYY-MM'],
  },
  'dry-run': {
    type: 'boolean',
    verbs: ['restore'],
    help: ['show each statement of restore with the lock that it takes, and check what can be checked'],
  },
  help: { type: 'boolean', help: ['show this text'] },
} as const satisfies Readonly<Record<string, PersonOption>>;

const all: ReadonlyArray<readonly [string, PersonOption]> = Object.entries(PERSON_OPTIONS);

/** The lines of the help. */
export function optionLines(): string[] {
  const terms = all.map(([name, { value }]) => `--${name}${value === undefined ? '' : ` ${value}`}`);
  const width = Math.max(...terms.map((term) => term.length));
  return all.flatMap(([, { help }], index) =>
    help.map((line, row) => `  ${(row === 0 ? (terms[index] ?? '') : '').padEnd(width)} ${line}`),
  );
}

/** The first of these options that does not belong to the verb, with those that it belongs to. */
export function misplaced(
  given: Readonly<Record<string, unknown>>,
  verb: Verb,
): { readonly name: string; readonly verbs: readonly Verb[] } | undefined {
  return all
    .map(([name, { verbs = VERBS }]) => ({ name, verbs }))
    .find(({ name, verbs }) => given[name] !== undefined && !verbs.includes(verb));
}
