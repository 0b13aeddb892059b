import { AppError, EXIT } from '../errors.ts';
import { doStep } from './apply-step.ts';
import { messageOf, nameStep } from './apply-words.ts';
import type { HostPort } from './host.ts';
import type { Plan, Step } from './step.ts';
import { undo } from './undo.ts';
import { createJournal, type Journal } from './undo-journal.ts';
import { isTimer } from './units.ts';
import { verify } from './verify.ts';

export type ApplyOptions = {
  /** Aborted when the program is told to stop: the step at hand is then the last one, and everything is undone. */
  readonly signal: AbortSignal;
  /** Called before each step, with its number from 1. */
  report(step: Step, number: number): void;
};

/** Lets Node see the signals that came during a step, whose calls are synchronous. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What the timers depend on; a job that the plan starts is none of it. */
const isTimerStep = (step: Step) => step.do === 'reload' || ('unit' in step && isTimer(step.unit));

async function check({ systemd }: HostPort, plan: Plan): Promise<void> {
  const problems = systemd ? await verify(systemd, plan) : [];
  if (problems.length > 0) throw new Error(problems.join('; '));
}

type Progress = { doing: string };

async function doAll(port: HostPort, plan: Plan, journal: Journal, progress: Progress, options: ApplyOptions) {
  const { steps } = plan;
  const lastTimerStep = steps.findLastIndex(isTimerStep);
  for (const [index, step] of steps.entries()) {
    progress.doing = `step ${index + 1} of ${steps.length} (${nameStep(step)})`;
    await breathe();
    options.signal.throwIfAborted();
    options.report(step, index + 1);
    await doStep({ port, journal }, step);
    if (index !== lastTimerStep) continue;
    progress.doing = 'the check of the timers';
    await check(port, plan);
  }
  progress.doing = 'the clean-up';
  await breathe();
  options.signal.throwIfAborted();
  journal.settle();
}

function rolledBack(what: string, cause: unknown, failures: readonly string[]): AppError {
  if (failures.length === 0)
    return new AppError(EXIT.rolledBack, `${what}\nEverything that was done is undone: all is as it was before`, {
      advice: 'Mend the cause, then run the same command again',
      cause,
    });
  return new AppError(
    EXIT.rolledBack,
    [`${what}\nAll is as it was before, except for what could not be undone:`, ...failures].join('\n  '),
    { advice: 'Mend the cause, then run the same command again: it starts from what is there', cause },
  );
}

/**
 * Does a plan's steps in their order, looks whether its timers are active, and if anything fails undoes all of it.
 * An `AppError` with exit code 9 says which step failed, why, and what could not be undone, if so.
 */
export async function apply(port: HostPort, plan: Plan, options: ApplyOptions): Promise<void> {
  const journal = createJournal(port);
  const progress: Progress = { doing: '' };
  try {
    await doAll(port, plan, journal, progress, options);
  } catch (error) {
    const isStopped = options.signal.aborted && error === options.signal.reason;
    const what = isStopped
      ? `${messageOf(error)} before ${progress.doing}`
      : `${progress.doing} failed: ${messageOf(error)}`;
    throw rolledBack(what, error, await undo(port, journal));
  }
}
