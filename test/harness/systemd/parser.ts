import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporary } from '../runner/temporary.ts';

const SYSTEMD = '/lib/systemd/systemd';

/** For `describeNeeding`: systemd's own parser runs without PID 1, but not as root. */
export const SYSTEMD_PARSER = {
  programs: ['setpriv'],
  others: existsSync(SYSTEMD) ? [] : [`systemd as ${SYSTEMD}: run \`npm run test:setup\``],
};

/**
 * What systemd understands a service to say: the lines that `systemd --test` prints about it, each as [name, value]. Quotes, escapes
 * and specifiers are resolved; variables are not, as that happens when a program is started. Throws if systemd refuses the unit.
 */
export function understood(service: string): Array<[name: string, value: string]> {
  const folder = makeTemporary('units');
  try {
    const units = join(folder, 'units');
    const runtime = join(folder, 'run');
    for (const path of [units, runtime]) mkdirSync(path);
    for (const path of [folder, units, runtime]) chmodSync(path, 0o777);
    writeFileSync(join(units, 'probe.service'), service);
    writeFileSync(join(units, 'probe.target'), '[Unit]\nDefaultDependencies=no\nRequires=probe.service\n');
    return dump(folder, units, runtime);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function dump(home: string, units: string, runtime: string): Array<[string, string]> {
  const command = [SYSTEMD, '--test', '--user', '--unit=probe.target'];
  const [program = '', ...args] =
    process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...command] : command;
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: {
      HOME: home,
      PATH: '/usr/bin:/bin',
      LC_ALL: 'C.UTF-8',
      XDG_RUNTIME_DIR: runtime,
      SYSTEMD_UNIT_PATH: units,
      SYSTEMD_LOG_LEVEL: 'warning',
    },
  });
  if (status !== 0 || stderr !== '') throw new Error(`systemd refuses the unit: ${stderr}`);
  const [, own = ''] = stdout.split('-> Unit probe.service:\n');
  return own
    .split(/^-> Unit /m, 1)
    .join('')
    .split('\n')
    .flatMap((line) => {
      const [, name, value] = /^\s*([A-Z][A-Za-z ]*): (.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as [string, string]];
    });
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** The words of a `Command Line:` as systemd prints it: each bare, or in double quotes with C's escapes. */
export function commandWords(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/gsu)].map(([, quoted, bare = '']) =>
    quoted === undefined
      ? bare
      : quoted.replace(/\\(?:([0-7]{3})|x([0-9a-f]{2})|(.))/gsu, (_, octal, hexadecimal, sign) =>
          sign === undefined
            ? String.fromCharCode(octal ? Number.parseInt(octal, 8) : Number.parseInt(hexadecimal, 16))
            : (ESCAPES[sign] ?? sign),
        ),
  );
}
