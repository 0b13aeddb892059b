import { EXIT_MEANINGS, type ExitCode } from '../../errors.ts';

type Advice = { readonly action: string; readonly ifIgnored: string };

/** What the reader of the runbook does about an exit code, and what happens if nobody does. */
const ADVICE: Readonly<Record<ExitCode, Advice>> = {
  0: { action: 'Nothing.', ifIgnored: 'Nothing happens.' },
  1: {
    action: 'Run status. It prints each problem and what to do. If a month is missing, run ensure.',
    ifIgnored: 'Inserts into a missing month fail.',
  },
  2: {
    action: 'Read the usage line. If a unit or cron ran this, someone edited its file: render and install again.',
    ifIgnored: 'The job does nothing, in each run.',
  },
  3: {
    action: 'The message names the file or the key. Correct it and start the job again.',
    ifIgnored: 'The job does nothing, in each run.',
  },
  4: {
    action:
      'Check that the server is up, that it is the primary, that this host reaches it, and that its certificate is valid. Then start the job again.',
    ifIgnored: 'The next run tries again.',
  },
  5: {
    action:
      'The message names what is missing, such as Node, a grant, a password or the migration. Add it and start the job again.',
    ifIgnored: 'The job does nothing, in each run.',
  },
  6: {
    action: 'Nothing. The other run does the work. Its journal shows how it ended; it may be on another host.',
    ifIgnored: 'Nothing happens.',
  },
  7: {
    action:
      'Do not repeat the run unchanged. Read its journal, compare it with status, and find the reason. Only then allow it with the option that the message names.',
    ifIgnored: 'Nothing wrong was committed. Each run is refused until the reason is gone.',
  },
  8: {
    action:
      'Find the session that holds the lock with the query below. Wait for it or end it. Then start the job again.',
    ifIgnored: 'The next run tries again.',
  },
  9: {
    action: 'This comes from hotlookup install, not from a job. The message names the step that failed.',
    ifIgnored: 'The host is as it was before the installation.',
  },
  70: {
    action: 'This is a defect. Keep the journal of this run and report it.',
    ifIgnored: 'The next run may fail too.',
  },
  130: { action: 'Start the run again if it is still needed.', ifIgnored: 'Unfinished work was rolled back.' },
  143: { action: 'Nothing. The timer starts the next run.', ifIgnored: 'Unfinished work was rolled back.' },
};

export type ExitView = Advice & { readonly code: ExitCode; readonly meaning: string };

/** Every exit code with its meaning and what to do about it. */
export const exitViews = (): ExitView[] => EXIT_MEANINGS.map(([code, meaning]) => ({ code, meaning, ...ADVICE[code] }));
