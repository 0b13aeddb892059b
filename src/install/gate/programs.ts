import { AppError } from '../../errors.ts';
import type { ProcessResult, World } from '../../world.ts';

/** What is read must not depend on the user's locale, zone and taste. */
const PLAIN = {
  LC_ALL: 'C',
  TZ: 'UTC',
  SYSTEMD_COLORS: '0',
  SYSTEMD_EMOJI: '0',
  SYSTEMD_LOG_LEVEL: 'info',
  /** A file that bash would run first. */
  BASH_ENV: '',
};

/** What a program of this machine says; undefined if there is no such program. */
export async function ask(world: World, program: string, args: readonly string[]): Promise<ProcessResult | undefined> {
  try {
    return await world.processes.run(program, args, { environment: PLAIN });
  } catch (error) {
    if (error instanceof AppError && error.kind === 'missing') return undefined;
    throw error;
  }
}

/** The lines of a text that say something. */
export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
