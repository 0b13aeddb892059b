import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Systemd, UnitState } from '../../../src/install/host/host.ts';

/** What PID 1 remembers beside its unit files, by unit: the text that it has read, of those that are active. */
type Memory = Record<string, string>;

/** The next elapse of every timer that has a calendar. */
const NEXT_ELAPSE = Date.UTC(2030, 0, 1);

/**
 * Behaves as systemd 252 was seen to, for a root in a folder: enabling makes a link, a first start makes a timer's stamp, an
 * active unit keeps the text that was read until a daemon-reload. Its memory is a file, because systemd outlives the
 * programs that talk to it.
 */
export function createSystemdModel(root: string, memoryFile: string): Systemd {
  const units = join(root, 'etc/systemd/system');
  const wants = join(units, 'timers.target.wants');
  const stamps = join(root, 'var/lib/systemd/timers');

  const recall = (): Memory => (existsSync(memoryFile) ? JSON.parse(readFileSync(memoryFile, 'utf8')) : {});
  const remember = (memory: Memory) => writeFileSync(memoryFile, JSON.stringify(memory));
  const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  const onDisk = (unit: string) =>
    existsSync(join(units, unit)) ? readFileSync(join(units, unit), 'utf8') : undefined;

  function need(unit: string, verb: string): string {
    const text = recall()[unit] ?? onDisk(unit);
    if (text === undefined) throw new Error(`Failed to ${verb} ${unit}: Unit ${unit} not found.`);
    return text;
  }

  const verbs: Record<string, (unit: string, words: readonly string[]) => void> = {
    enable(unit) {
      need(unit, 'enable');
      mkdirSync(wants, { recursive: true });
      if (!isThere(join(wants, unit))) symlinkSync(`/etc/systemd/system/${unit}`, join(wants, unit));
    },
    disable(unit, words) {
      need(unit, 'disable');
      rmSync(join(wants, unit), { force: true });
      if (isThere(wants) && readdirSync(wants).length === 0) rmdirSync(wants);
      if (words.includes('--now')) verbs['stop']?.(unit, words);
    },
    start(unit) {
      const text = need(unit, 'start');
      if (unit.endsWith('.timer')) {
        mkdirSync(stamps, { recursive: true });
        writeFileSync(join(stamps, `stamp-${unit}`), '', { flag: 'a' });
      }
      remember({ ...recall(), [unit]: recall()[unit] ?? text });
    },
    restart(unit, words) {
      verbs['start']?.(unit, words);
    },
    stop(unit) {
      const { [unit]: _, ...others } = recall();
      remember(others);
    },
  };

  function reload(): void {
    const entries = Object.entries(recall()).map(([unit, text]) => [unit, onDisk(unit) ?? text]);
    remember(Object.fromEntries(entries));
  }

  function stateOf(unit: string): UnitState {
    const disk = onDisk(unit);
    const memory = recall();
    const text = memory[unit] ?? disk;
    const isEnabled = isThere(join(wants, unit));
    return {
      load: text === undefined ? 'not-found' : 'loaded',
      unitFile: disk === undefined ? '' : unit.endsWith('.service') ? 'static' : isEnabled ? 'enabled' : 'disabled',
      active: unit in memory ? 'active' : 'inactive',
      isWaiting: false,
      nextElapse: unit in memory && text?.includes('OnCalendar=') ? NEXT_ELAPSE : undefined,
      fragmentPath: text === undefined ? '' : `/etc/systemd/system/${unit}`,
      dropInPaths: [],
      needsReload: unit in memory && memory[unit] !== disk,
    };
  }

  return {
    show: async (unit) => stateOf(unit),
    showAll: async (units) => new Map(units.map((unit) => [unit, stateOf(unit)])),
    async control(args) {
      const [verb = '', ...words] = args;
      if (verb === 'daemon-reload') return reload();
      const act = verbs[verb];
      if (!act) throw new Error(`Unknown command verb ${verb}.`);
      act(words.at(-1) ?? '', words);
    },
  };
}

/** Makes the memory file of a systemd in which nothing of ours is active. */
export function forgetAll(memoryFile: string): void {
  mkdirSync(dirname(memoryFile), { recursive: true });
  writeFileSync(memoryFile, '{}');
}
