import { AppError } from '../errors.ts';
import type { Systemd, UnitState } from '../install/host/host.ts';
import { parseProperties, parseTimestamp } from '../install/host/systemd-show.ts';

const PROPERTIES = [
  'LoadState',
  'UnitFileState',
  'ActiveState',
  'SubState',
  'FragmentPath',
  'DropInPaths',
  'NeedDaemonReload',
  'NextElapseUSecRealtime',
] as const;

async function systemctl(args: readonly string[], signal?: AbortSignal): Promise<string> {
  const { execa } = await import('execa');
  const { exitCode, stdout, stderr, code, shortMessage, cause } = await execa(
    'systemctl',
    ['--no-pager', '--no-ask-password', ...args],
    {
      reject: false,
      stdin: 'ignore',
      // `systemctl show` prints the next elapse in the local time zone and to the second, whatever --timestamp= asks for.
      env: { LC_ALL: 'C', SYSTEMD_COLORS: '0', TZ: 'UTC' },
      // A process group of its own: a Ctrl-C must not cut systemctl short, it is this program that decides what to undo.
      detached: true,
      cleanup: false,
      ...(signal && { cancelSignal: signal }),
    },
  );
  if (exitCode === 0) return stdout;
  if (code === 'ENOENT')
    throw new AppError('missing', 'cannot run systemctl: ENOENT', { advice: 'Put systemctl on PATH', cause });
  throw new AppError('missing', `systemctl ${args.join(' ')}: ${stderr.trim() || shortMessage}`, {
    advice: 'See whether systemd answers: systemctl is-system-running',
    cause,
  });
}

/** Words between spaces; one that has spaces stands in double quotes, with backslashes before quotes and backslashes. */
function parseWords(text: string): string[] {
  return Array.from(text.matchAll(/"((?:[^"\\]|\\.)*)"|\S+/g), ([word, quoted]) =>
    quoted === undefined ? word : quoted.replaceAll(/\\(.)/g, '$1'),
  );
}

/** Reads what `systemctl show` prints with the time zone UTC. */
export function parseUnitState(text: string): UnitState {
  const properties = parseProperties(text);
  const property = (name: (typeof PROPERTIES)[number]) => properties.get(name) ?? '';
  return {
    load: property('LoadState'),
    unitFile: property('UnitFileState'),
    active: property('ActiveState'),
    isWaiting: property('SubState').startsWith('auto-restart'),
    nextElapse: parseTimestamp(property('NextElapseUSecRealtime')),
    fragmentPath: property('FragmentPath'),
    dropInPaths: parseWords(property('DropInPaths')),
    needsReload: property('NeedDaemonReload') === 'yes',
  };
}

const ask = (units: readonly string[]): Promise<string> =>
  systemctl(['show', `--property=${PROPERTIES.join(',')}`, '--', ...units]);

/** Reads what `systemctl show` prints of several units: one block each, in the order of the names, an empty line between. */
export function parseUnitStates(units: readonly string[], text: string): Map<string, UnitState> {
  const blocks = text.trimEnd().split('\n\n').map(parseUnitState);
  if (blocks.length !== units.length)
    throw new Error(`systemctl show told of ${blocks.length} units when asked for ${units.length}`);
  return new Map(blocks.map((state, index) => [units[index] ?? '', state]));
}

/** The running systemd of this host, asked with `systemctl`. */
export const systemd: Systemd = {
  show: async (unit) => parseUnitState(await ask([unit])),
  // Without a name, systemctl would show systemd itself.
  showAll: async (units) => (units.length === 0 ? new Map() : parseUnitStates(units, await ask(units))),
  control: async (args, signal) => void (await systemctl(args, signal)),
};
