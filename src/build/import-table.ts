/*
 * The import table. The architecture test holds the source to it, and the README shows it.
 */

/** What a room of `src/` (a folder, a file beside them, or one in a folder that more may import) may import, beside itself and what every room may. */
export type Room = {
  readonly purpose: string;
  /** Other rooms. */
  readonly rooms: readonly string[];
  /** Packages, prepared files and modules of Node that reach outside the process. */
  readonly packages: readonly string[];
};

/** Modules of Node that only compute; every room may import them. */
export const PURE_MODULES = ['node:crypto', 'node:path', 'node:path/posix', 'node:url', 'node:util'];

/** The import table: dependencies point one way, and each outside world has one room. */
export const ROOMS: Readonly<Record<string, Room>> = {
  'cli.ts': {
    purpose: 'the bin: answers `--version`, else loads the program',
    rooms: ['program.ts', 'io'],
    packages: ['package.json'],
  },
  'program.ts': { purpose: 'wires the real world', rooms: ['main.ts', 'io', 'errors.ts'], packages: [] },
  'main.ts': {
    purpose: '(arguments, world) → exit code',
    rooms: ['secrets.ts', 'commands', 'errors.ts', 'json-document.ts', 'world.ts'],
    packages: ['package.json', 'yargs'],
  },
  commands: {
    purpose: 'one file a verb: flags → use case → print',
    rooms: [
      'spec',
      'render',
      'review',
      'install',
      'install/host.ts',
      'tree',
      'demo',
      'errors.ts',
      'json-document.ts',
      'world.ts',
    ],
    packages: ['#prepared/default-spec.js', 'fastest-levenshtein', 'yargs', 'yargs/helpers'],
  },
  demo: {
    purpose: "the demo's story and timeline",
    rooms: ['spec', 'render', 'errors.ts', 'world.ts'],
    packages: [],
  },
  spec: {
    purpose: 'what the user asks for: schema, loading, schedules',
    rooms: ['errors.ts', 'duration.ts', 'size.ts'],
    packages: ['fastest-levenshtein', 'yaml', 'zod'],
  },
  render: {
    purpose: 'pure: spec → artifacts',
    rooms: ['spec', 'errors.ts', 'duration.ts'],
    packages: ['#prepared/templates.js', 'handlebars', 'handlebars/runtime.js'],
  },
  tree: {
    purpose: 'an output folder: survey it, compare it, write it',
    rooms: ['render', 'errors.ts', 'world.ts'],
    packages: [],
  },
  review: {
    purpose: 'pure: differences, in words and as unified diffs',
    rooms: ['render', 'install', 'tree', 'errors.ts'],
    packages: ['diff'],
  },
  install: {
    purpose: 'artifacts and an observed host → steps, and what does them and undoes them',
    // Of the helper, only its pure readers of the environment file and of PG_DSN.
    rooms: [
      'render',
      'runtime',
      'spec',
      'errors.ts',
      'secrets.ts',
      'world.ts',
      'install/host.ts',
      'install/systemd-show.ts',
    ],
    packages: [],
  },
  io: {
    purpose: 'implements the world',
    rooms: ['errors.ts', 'world.ts', 'install/host.ts', 'install/systemd-show.ts'],
    packages: [
      '@electric-sql/pglite',
      '@electric-sql/pglite-socket',
      'execa',
      'node:child_process',
      'node:fs',
      'node:module',
      'node:net',
      'node:os',
      'node:vm',
    ],
  },
  runtime: {
    purpose: 'the helper on the host, bundled alone',
    rooms: ['errors.ts', 'json-document.ts', 'secrets.ts', 'duration.ts', 'size.ts'],
    packages: [
      'fastest-levenshtein',
      'node:fs',
      'node:net',
      'node:os',
      'node:stream',
      'node:timers/promises',
      'node:tls',
      'pg',
      'pg/lib/client.js',
    ],
  },
  build: {
    purpose: 'makes dist/ and the generated blocks of the documents',
    rooms: ['program.ts', 'io', 'spec', 'render', 'errors.ts', 'duration.ts'],
    packages: ['esbuild', 'handlebars', 'node:child_process', 'node:fs', 'node:os', 'zod'],
  },
  'world.ts': { purpose: 'types of the ports', rooms: ['errors.ts', 'install/host.ts'], packages: [] },
  'install/systemd-show.ts': { purpose: 'reads what systemctl shows', rooms: [], packages: [] },
  'install/host.ts': { purpose: "types of the installer's port", rooms: [], packages: [] },
  'errors.ts': { purpose: 'AppError and the exit codes', rooms: [], packages: [] },
  'duration.ts': { purpose: 'time spans', rooms: [], packages: [] },
  'json-document.ts': { purpose: 'what `--json` prints, with the version of its format', rooms: [], packages: [] },
  'secrets.ts': { purpose: 'takes secrets out of what is quoted', rooms: [], packages: [] },
  'size.ts': { purpose: 'sizes in bytes', rooms: [], packages: [] },
};

/** Where the outside world may be reached, as paths below `src/`: a folder with its slash, or a file. */
export const EFFECTS: Readonly<Record<string, readonly string[]>> = {
  /** `process`: arguments, environment, streams, signals. */
  process: ['cli.ts', 'io/', 'runtime/bin.ts', 'build/'],
  /** The wall clock and the random numbers. */
  clock: ['io/', 'runtime/bin.ts'],
  'node:fs': ['io/', 'runtime/bin.ts', 'runtime/bin-files.ts', 'build/'],
  'node:child_process': ['io/', 'build/'],
  execa: ['io/'],
  /** Talk that does not pass the terminal's port. */
  console: ['build/'],
};
