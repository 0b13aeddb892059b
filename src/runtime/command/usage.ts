import { EXIT_MEANINGS } from '../../errors.ts';
import type { Settings } from './settings.ts';

export const VERBS = ['ensure', 'retention', 'status', 'plan', 'restore'] as const;
export type Verb = (typeof VERBS)[number];

export function isVerb(text: string | undefined): text is Verb {
  return VERBS.some((verb) => verb === text);
}

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
  return `usage: ${set}-partitions.sh ${verbsOf(settings).join('|')} [ARGUMENT…]`;
}

/** The verbs that the spec has not switched off. */
const verbsOf = (settings: Settings): Verb[] =>
  VERBS.filter(
    (verb) => verb === 'status' || verb === 'restore' || settings[verb === 'plan' ? 'retention' : verb] !== undefined,
  );

/** The whole help text, for a person who has only the scripts. */
export function helpText(settings: Settings): string {
  const codes = EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`);
  return `${verbsOf(settings)
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
  MONTHS_AHEAD     whole months, 0 to 120
  KEEP_MONTHS      whole months, 1 to 1200
  DRY_RUN          true or false
  YYYY-MM          a month in UTC, such as 2026-02

Options
  --json                   print the report, or the error where there is none, as one JSON document
  --allow-drops N          let this one run take up to N partitions, whatever maxDropShare and maxDrops say
  --allow-drop-bytes SIZE  let this one run take up to SIZE, such as 500MB, whatever maxDropBytes says
  --apply-grace-days       end the grace of what is detached already by the graceDays of the spec, in this one run,
                           even before the date that was promised
  --allow-idle             let this one run drop although months without rows make the clocks suspicious
  --from-table SCHEMA.NAME restore this table as the partition of YYYY-MM
  --dry-run                show each statement of restore with the lock that it takes, and check what can be checked
  --help                   show this text

PG_DSN comes from the environment, else from ${settings.envFile}.

Exit codes
${codes.join('\n')}
`;
}
