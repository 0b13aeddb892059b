import type { RetentionCommand, Settings } from '../command/settings.ts';
import { spellInstant } from '../shared/words.ts';
import type { Survey } from './survey.ts';

/** What the list of actions is made from. */
export type ActionFacts = {
  readonly settings: Settings;
  readonly command: RetentionCommand;
  /** The host's clock, in milliseconds since the epoch. */
  readonly hostNow: number;
  readonly survey: Survey;
};

/** Why a candidate goes. */
export function dueBecause(cutoff: number): string {
  return `ends at or before the cutoff ${spellInstant(cutoff)}`;
}
