import type { ConcurrentRun, Held } from './concurrent-run.ts';
import { dropForeignKeys } from './foreign-keys.ts';
import { dropAfter } from './grace.ts';
import { drop } from './grace-end.ts';
import { hold, requireHoldingSchema } from './grace-move.ts';
import { spellInstant } from './spell.ts';
import { plainName } from './sql.ts';

/** Brings a table that is detached to where it belongs: to its end, or to the holding schema until its grace is over. */
export async function settle(run: ConcurrentRun, held: Held, why: string): Promise<void> {
  const { command, now, deeds } = run;
  const until = dropAfter(held.marker, command.graceDays);
  deeds.set(held.oid, { action: 'detached', reason: `${why}; its table is still there as ${plainName(held)}` });
  await dropForeignKeys(run, held);
  if (command.graceDays === 0 || until <= now) {
    await drop(run, held);
    deeds.set(held.oid, { action: 'dropped', reason: why });
    return;
  }
  // A run that was stopped before may have had no grace to give.
  await requireHoldingSchema(run);
  const place = await hold(run, held);
  deeds.set(
    held.oid,
    place === 'gone'
      ? { action: 'dropped', reason: `${why}; another session dropped it` }
      : { action: 'detached', reason: `${why}; in grace until ${spellInstant(until)} as ${plainName(place)}` },
  );
}
