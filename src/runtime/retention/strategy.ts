import { AppError } from '../../errors.ts';
import type { WantedStrategy } from '../command/settings.ts';
import type { Strategy } from '../job/report.ts';
import { identifier, plainName } from '../shared/sql.ts';
import type { DetachConditions } from './concurrent/conditions.ts';
import { graceImpossible } from './refusals.ts';

type Obstacle = { readonly what: string; readonly help: string; readonly kind: 'missing' | 'refused' };

/** What keeps a detach from being concurrent, the first thing to mend first. */
function obstacles({ isDirect, user, owner, isOwner, foreignOwned, unfit, fallback }: DetachConditions): Obstacle[] {
  const found: Obstacle[] = [];
  if (!isDirect)
    found.push({
      what: 'the connection goes through a pooler, which session locks and concurrent detaches do not survive',
      help: 'Name the server itself in PG_DSN.',
      kind: 'refused',
    });
  // Who does not own the table usually owns no partition either: one reason is enough.
  const [notOwned] = isOwner ? foreignOwned : [];
  if (!isOwner)
    found.push({
      what: `the role ${user} is not a member of ${owner}, which owns the table`,
      help: `As an administrator, run: GRANT ${identifier(owner)} TO ${identifier(user)};`,
      kind: 'missing',
    });
  if (notOwned)
    found.push({
      what: `the role ${user} is not a member of ${notOwned.owner}, which owns ${plainName(notOwned)}`,
      help: 'Give all partitions to the owner of the table: ALTER TABLE … OWNER TO …',
      kind: 'missing',
    });
  const [foreignTable] = unfit;
  if (foreignTable)
    found.push({
      what: `${plainName(foreignTable)} is no ordinary table`,
      help: 'Detach it by hand.',
      kind: 'refused',
    });
  if (fallback)
    found.push({
      what: `there is a DEFAULT partition (${plainName(fallback)}), beside which PostgreSQL detaches nothing concurrently`,
      help: 'Move its rows to partitions of their own, then detach and drop it.',
      kind: 'refused',
    });
  return found;
}

/**
 * Concurrent where it can be, else the function.
 * @throws AppError with exit code 5 or 7 if the spec asks for what cannot be: concurrent detaches without the right to them, or grace
 * where the function would drop at once.
 */
export function chooseStrategy(wanted: WantedStrategy, graceDays: number, conditions: DetachConditions): Strategy {
  const [first, ...others] = wanted === 'function' ? [] : obstacles(conditions);
  const reason = wanted === 'function' ? 'the spec says so' : [first, ...others].map((one) => one?.what).join('; ');
  if (wanted === 'concurrent' && first)
    throw new AppError(first.kind, `strategy concurrent is not possible: ${reason}`, {
      advice: `${first.help} Or set strategy: auto in the spec.`,
    });
  if (wanted !== 'function' && !first)
    return {
      chosen: 'concurrent',
      why: `${conditions.user} owns the table and its partitions, or is a member of their owner`,
    };
  if (graceDays > 0) throw graceImpossible(reason, first ? `${first.help} ` : '');
  return { chosen: 'function', why: reason };
}
