import { AppError, EXIT } from '../errors.ts';
import type { Systemd, UnitState } from '../install/host.ts';

const PROPERTIES = [
  'LoadState',
  'UnitFileState',
  'ActiveState',
  'FragmentPath',
  'DropInPaths',
  'NeedDaemonReload',
  'NextElapseUSecRealtime',
] as const;

async function systemctl(args: readonly string[]): Promise<string> {
  const { execa } = await import('execa');
  const { exitCode, stdout, stderr, code, shortMessage, cause } = await execa(
    'systemctl',
    ['--no-pager', '--no-ask-password', ...args],
    {
      reject: false,
      stdin: 'ignore',
      env: { LC_ALL: 'C', SYSTEMD_COLORS: '0' },
      // A process group of its own: a Ctrl-C must not cut systemctl short, it is this program that decides what to undo.
      detached: true,
      cleanup: false,
    },
  );
  if (exitCode === 0) return stdout;
  if (code === 'ENOENT')
    throw new AppError(EXIT.missing, 'cannot run systemctl: ENOENT', { advice: 'Put systemctl on PATH', cause });
  throw new Error(`systemctl ${args.join(' ')}: ${stderr.trim() || shortMessage}`);
}

/** systemd's `Day YYYY-MM-DD HH:MM:SS.UUUUUU UTC` in milliseconds since the epoch; undefined for `n/a` and nothing. */
function parseTimestamp(text: string): number | undefined {
  const match = /^\w+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})\d* UTC$/.exec(text);
  return match ? Date.parse(`${match[1]}T${match[2]}Z`) : undefined;
}

/** Reads `systemctl show --timestamp=us+utc`, which systemd has since 247 (`unix`, which is exact too, came with 251). */
export function parseUnitState(text: string): UnitState {
  const properties = new Map(
    text.split('\n').map((line) => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
  const property = (name: (typeof PROPERTIES)[number]) => properties.get(name) ?? '';
  return {
    load: property('LoadState'),
    unitFile: property('UnitFileState'),
    active: property('ActiveState'),
    nextElapse: parseTimestamp(property('NextElapseUSecRealtime')),
    fragmentPath: property('FragmentPath'),
    dropInPaths: property('DropInPaths')
      .split(' ')
      .filter((path) => path !== ''),
    needsReload: property('NeedDaemonReload') === 'yes',
  };
}

/** The running systemd of this host, asked with `systemctl`. */
export const systemd: Systemd = {
  show: async (unit) =>
    parseUnitState(await systemctl(['show', '--timestamp=us+utc', `--property=${PROPERTIES.join(',')}`, '--', unit])),
  control: async (args) => void (await systemctl(args)),
};
