import type { Host } from './host.ts';

const OUTPUT = '/tmp/trace';
/** Calls that change a file system, whatever their flags; `openat` does so with some. */
const CHANGES = ['rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'rmdir', 'mkdir', 'mkdirat', 'link', 'linkat']
  .concat(['symlink', 'symlinkat', 'chmod', 'fchmod', 'fchmodat', 'chown', 'fchown', 'lchown', 'fchownat', 'truncate'])
  .concat(['ftruncate', 'mknod', 'mknodat', 'creat', 'utimensat', 'setxattr', 'lsetxattr', 'fsetxattr']);

const OPENS = ['open', 'openat'];

export type Trace = {
  /** The calls that changed a file system or opened a file to write to it, as strace writes them. */
  readonly writes: readonly string[];
  /** Arguments of every `systemctl` that was run. */
  readonly controls: readonly (readonly string[])[];
};

/** Runs a program with all that it starts under strace; it must end with exit code 0. */
export async function countWrites(host: Host, argv: readonly string[]): Promise<Trace> {
  const calls = [...CHANGES, ...OPENS, 'execve'].map((name) => `?${name}`).join(',');
  await host.succeed([
    'strace',
    '-f',
    '-qq',
    '-s',
    '200',
    '--successful-only',
    '--signal=none',
    `--trace=${calls}`,
    '-o',
    OUTPUT,
    ...argv,
  ]);
  const lines = (await host.succeed(['cat', OUTPUT])).split('\n').map((line) => line.replace(/^\d+ +/, ''));
  return { writes: lines.filter(isWrite), controls: lines.flatMap(controlArguments) };
}

function controlArguments(line: string): string[][] {
  const [, args] = /^execve\("[^"]*\/systemctl", \[(.*?)\]/.exec(line) ?? [];
  return args === undefined ? [] : [[...args.matchAll(/"([^"]*)"/g)].map(([, word]) => word ?? '')];
}

/** What is said to the null device or to another process changes nothing. */
function isWrite(line: string): boolean {
  const [, name = ''] = /^(\w+)\(/.exec(line) ?? [];
  if (/"\/(?:dev|proc)\//.test(line)) return false;
  return CHANGES.includes(name) || (OPENS.includes(name) && /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(line));
}
