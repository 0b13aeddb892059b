import type { Room } from './room.ts';

/** What the verbs of the helper share. They never import each other. */
const BELOW_VERBS = [
  'runtime/job',
  'runtime/locking',
  'runtime/connection',
  'runtime/catalog',
  'runtime/command',
  'runtime/shared',
  'errors.ts',
];

/** The helper's rooms, each importing only those before it. */
export const HELPER_ROOMS: Readonly<Record<string, Room>> = {
  'runtime/shared': {
    purpose: 'the host port, SQL texts, months, words',
    rooms: [],
    packages: [],
  },
  'runtime/dsn': {
    purpose: "PG_DSN's grammars, the environment file, where PG_DSN comes from",
    rooms: ['runtime/shared', 'errors.ts'],
    packages: ['fastest-levenshtein', 'node:net'],
  },
  'runtime/connection': {
    purpose: 'channel, TLS, login, settings, retries, errors of the server',
    rooms: ['runtime/dsn', 'runtime/shared', 'errors.ts'],
    packages: ['node:net', 'node:stream', 'node:tls', 'pg/lib/client.js'],
  },
  'runtime/command': {
    purpose: "a script's options, a person's arguments, usage",
    rooms: ['runtime/shared', 'errors.ts', 'options.ts', 'duration.ts', 'size.ts'],
    packages: [],
  },
  'runtime/catalog': {
    purpose: 'what the database holds, read and judged purely',
    rooms: ['runtime/shared', 'errors.ts'],
    packages: [],
  },
  'runtime/locking': {
    purpose: 'transactions, the lock budget, advisory locks, who is in the way',
    rooms: ['runtime/catalog', 'runtime/connection', 'runtime/shared', 'errors.ts', 'duration.ts'],
    packages: [],
  },
  'runtime/job': {
    purpose: 'what all jobs share: actions, notes, the report and its text',
    rooms: [
      'runtime/locking',
      'runtime/connection',
      'runtime/catalog',
      'runtime/command',
      'runtime/shared',
      'errors.ts',
      'secrets.ts',
    ],
    packages: [],
  },
  'runtime/metrics/file.ts': { purpose: "names of the metrics' files", rooms: [], packages: [] },
  'runtime/metrics/table.ts': {
    purpose: "the metrics' names, types and help",
    rooms: ['runtime/metrics/file.ts'],
    packages: [],
  },
  'runtime/metrics': {
    purpose: 'what a run leaves for node_exporter',
    rooms: [
      'runtime/metrics/file.ts',
      'runtime/metrics/table.ts',
      'runtime/job',
      'runtime/catalog',
      'runtime/shared',
      'errors.ts',
    ],
    packages: [],
  },
  'runtime/ensure': { purpose: 'the verb ensure', rooms: [...BELOW_VERBS, 'options.ts'], packages: [] },
  'runtime/retention': {
    purpose: 'the verbs retention and plan',
    rooms: [...BELOW_VERBS, 'options.ts', 'duration.ts', 'size.ts'],
    packages: [],
  },
  'runtime/restore': { purpose: 'the verb restore', rooms: [...BELOW_VERBS], packages: [] },
  'runtime/status': {
    purpose: 'the verb status',
    rooms: BELOW_VERBS.filter((room) => room !== 'runtime/connection'),
    packages: [],
  },
  runtime: {
    purpose: 'the helper on the host, bundled alone: wires its rooms',
    rooms: [
      'runtime/shared',
      'runtime/dsn',
      'runtime/connection',
      'runtime/command',
      'runtime/job',
      'runtime/metrics/file.ts',
      'runtime/metrics',
      'runtime/ensure',
      'runtime/retention',
      'runtime/restore',
      'runtime/status',
      'errors.ts',
      'json-document.ts',
    ],
    packages: ['node:fs', 'node:os', 'node:timers/promises'],
  },
};
