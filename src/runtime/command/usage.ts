import { EXIT_MEANINGS } from '../../errors.ts';
import { OPTIONS, rangeOf } from '../../options.ts';
import { optionLines } from './person-options.ts';
import type { Settings } from './settings.ts';
import { VERBS, type Verb } from './verbs.ts';

/** The line that shows how a verb's script is called; a verb whose job is switched off has none, so that of the others stands in. */
export function usageLine(settings: Settings, verb: Verb | undefined): string {
  const { set, ensure, retention } = settings;
  if (verb === 'ensure' && ensure)
    return `usage: ${set}-ensure-partitions.sh [MONTHS_AHEAD=${ensure.monthsAhead}] [--json]`;
  if (verb === 'retention' && retention)
    return `usage: ${set}-retention.sh [KEEP_MONTHS=${retention.keepMonths}] [DRY_RUN=true] [OPTION…], see --help`;
  if (verb === 'plan' && retention)
    return `usage: ${set}-partitions.sh plan [KEEP_MONTHS=${retention.keepMonths}] [OPTION…], see --help`;
  if (verb === 'status') return `usage: ${set}-partitions.sh status [--json]`;
  if (verb === 'restore')
    return `usage: ${set}-partitions.sh restore YYYY-MM [--from-table SCHEMA.NAME] [--dry-run] [--json]`;
  return `usage: ${set}-partitions.sh ${switchedOn(settings).join('|')} [ARGUMENT…]`;
}

/** The verbs that the spec has not switched off. */
const switchedOn = (settings: Settings): Verb[] =>
  VERBS.filter(
    (verb) => verb === 'status' || verb === 'restore' || settings[verb === 'plan' ? 'retention' : verb] !== undefined,
  );

/** The whole help text, for a person who has only the scripts. */
export function helpText(settings: Settings): string {
  const codes = EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`);
  return `${switchedOn(settings)
    .map((verb) => usageLine(settings, verb))
    .join('\n')}

Verbs
  ensure     create the partitions of the current month and of the MONTHS_AHEAD months after it
  retention  drop the partitions that end KEEP_MONTHS or more months before the current month; a dry run unless
             DRY_RUN is false
  plan       the same dry run: every statement that retention would send, the lock that it takes, who is in the way
  status     show every partition, gaps, missing months and how long the existing ones last
  restore    attach the partition of YYYY-MM again: the one in grace, or a table that a backup brought back

Arguments
  MONTHS_AHEAD     whole months, ${rangeOf(OPTIONS.monthsAhead)}
  KEEP_MONTHS      whole months, ${rangeOf(OPTIONS.keepMonths)}
  DRY_RUN          true or false
  YYYY-MM          a month in UTC, such as 2026-02

Options
${optionLines().join('\n')}

PG_DSN comes from the environment, else from ${settings.envFile}.

Exit codes
${codes.join('\n')}
`;
}
