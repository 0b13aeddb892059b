/*
 * The options that a rendered script passes to the helper, each once. The spec's schema takes ranges and defaults from here, the script
 * what it passes, the helper what it accepts, usage and README what they print.
 */

/** What a value may be. Numbers have a range, both ends included; choices have words. */
type Kind =
  | { readonly kind: 'name' | 'schema.name' | 'path' | 'time span' | 'size' | 'flag' }
  | { readonly kind: 'whole number'; readonly min: number; readonly max: number }
  | { readonly kind: 'choice'; readonly words: readonly [string, ...string[]] };

export type Option = Kind & {
  /** The helper's option, without `--`. */
  readonly flag: string;
  /** The spec's key; `set` stands for an entry of `partitionSets`. Without a part of the way to it, the script does not pass the option. */
  readonly key: string;
  /** As a spec writes it. Without one, the key is required or may be left out. */
  readonly default?: string | number | boolean;
  /** The job without which nobody asks for it. */
  readonly of?: 'retention';
};

type Options = Readonly<Record<string, Option>>;

const SET = {
  set: { flag: 'set', key: 'set.name', kind: 'name' },
  table: { flag: 'table', key: 'set.table', kind: 'schema.name' },
} as const satisfies Options;

const ENSURE = {
  ensureFunction: { flag: 'ensure-function', key: 'set.ensure.function', kind: 'schema.name' },
  monthsAhead: {
    flag: 'months-ahead',
    key: 'set.ensure.monthsAhead',
    kind: 'whole number',
    min: 0,
    max: 120,
    default: 1,
  },
} as const satisfies Options;

const RETENTION = {
  retentionFunction: { flag: 'retention-function', key: 'set.retention.function', kind: 'schema.name' },
  keepMonths: {
    flag: 'keep-months',
    key: 'set.retention.keepMonths',
    kind: 'whole number',
    min: 1,
    max: 1_200,
    default: 12,
  },
} as const satisfies Options;

const WAYS = {
  strategy: {
    flag: 'strategy',
    key: 'set.retention.strategy',
    kind: 'choice',
    words: ['auto', 'concurrent', 'function'],
    default: 'auto',
  },
  graceDays: {
    flag: 'grace-days',
    key: 'set.retention.graceDays',
    kind: 'whole number',
    min: 0,
    max: 365,
    default: 0,
  },
  detach: { flag: 'detach-timeout', key: 'budgets.detach', of: 'retention', kind: 'time span', default: '120s' },
} as const satisfies Options;

const BREAKERS = {
  maxDropShare: {
    flag: 'max-drop-share',
    key: 'set.retention.maxDropShare',
    kind: 'whole number',
    min: 1,
    max: 100,
    default: 50,
  },
  maxDrops: { flag: 'max-drops', key: 'set.retention.maxDrops', kind: 'whole number', min: 1, max: 999_999 },
  maxDropBytes: { flag: 'max-drop-bytes', key: 'set.retention.maxDropBytes', kind: 'size' },
  idle: { flag: 'idle', key: 'set.retention.idle', kind: 'flag', default: false },
} as const satisfies Options;

const ENVIRONMENT = {
  envFile: {
    // Not `env-file`: Node 20 takes that for an option of its own even behind the script's name, and fails without the file.
    flag: 'environment-file',
    key: 'envFile',
    kind: 'path',
    default: '/etc/stellaops/scanner-hotlookup.env',
  },
} as const satisfies Options;

const METRICS = {
  metricsDirectory: {
    flag: 'metrics-directory',
    key: 'metrics.directory',
    kind: 'path',
    default: '/var/lib/prometheus/node-exporter',
  },
} as const satisfies Options;

const BUDGETS = {
  connect: { flag: 'connect-timeout', key: 'budgets.connect', kind: 'time span', default: '30s' },
  lockTimeout: { flag: 'lock-timeout', key: 'budgets.lockTimeout', kind: 'time span', default: '50ms' },
  lockWait: { flag: 'lock-wait', key: 'budgets.lockWait', kind: 'time span', default: '60s' },
} as const satisfies Options;

/** The options of each line of a script. */
export const SCRIPT_LINES: readonly Options[] = [SET, ENSURE, RETENTION, WAYS, BREAKERS, ENVIRONMENT, METRICS, BUDGETS];

export const OPTIONS = {
  ...SET,
  ...ENSURE,
  ...RETENTION,
  ...WAYS,
  ...BREAKERS,
  ...ENVIRONMENT,
  ...METRICS,
  ...BUDGETS,
};

/** `0 to 120`. */
export const rangeOf = ({ min, max }: { readonly min: number; readonly max: number }): string => `${min} to ${max}`;

/** What to write for a whole number, in errors of the spec and of the helper alike. */
export const wholeNumberFrom = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  `a whole number from ${min} to ${max}`;
