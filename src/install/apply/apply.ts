import type { HostPort } from '../host/host.ts';
import { isTimer } from '../host/units.ts';
import type { Plan, Step } from '../plan/step.ts';
import { stepPhrase } from '../plan/step-words.ts';
import { type FailedJob, type Progress, rolledBack } from './outcome.ts';
import { doStep, runJob } from './step.ts';
import { createJournal, type Journal } from './undo/journal.ts';
import { undo } from './undo/undo.ts';
import { verify } from './verify.ts';

export type ApplyOptions = {
  /** Aborted when the program is told to stop: a job is stopped, any other step is the last one, and everything is undone. */
  readonly signal: AbortSignal;
  /** Called before each step, with its number from 1. */
  report(step: Step, number: number): void;
};

/** Lets Node see the signals that came during a step, whose calls are synchronous. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What the timers depend on; a job that the plan runs is none of it. */
const isTimerStep = (step: Step) => step.do === 'reload' || ('unit' in step && isTimer(step.unit));

async function check({ systemd }: HostPort, plan: Plan): Promise<void> {
  const problems = systemd ? await verify(systemd, plan) : [];
  if (problems.length > 0) throw new Error(problems.join('; '));
}

async function doAll(port: HostPort, plan: Plan, journal: Journal, progress: Progress, options: ApplyOptions) {
  const work = { port, journal };
  const { signal } = options;
  const lastTimerStep = plan.steps.findLastIndex(isTimerStep);
  for (const [index, step] of plan.steps.entries()) {
    Object.assign(progress, {
      when: 'before',
      doing: `step ${index + 1} of ${plan.steps.length} (${stepPhrase(step)})`,
    });
    await breathe();
    signal.throwIfAborted();
    options.report(step, index + 1);
    if (step.do === 'run') {
      progress.when = 'during';
      const why = await runJob(work, step, signal);
      if (why !== undefined) progress.failed.push({ unit: step.unit, why });
    } else await doStep(work, step);
    progress.done.push(step);
    if (index !== lastTimerStep) continue;
    progress.doing = 'the check of the timers';
    await check(port, plan);
  }
  Object.assign(progress, { when: 'before', doing: 'the clean-up' });
  await breathe();
  signal.throwIfAborted();
  journal.settle();
}

/**
 * Does a plan's steps in their order, looks whether its timers are active, and if anything fails undoes all of it. Returns
 * the jobs that it was to run and that failed, which is no reason to undo anything.
 * An `AppError` with exit code 9 says which step failed, why, and what could not be undone, if so.
 */
export async function apply(port: HostPort, plan: Plan, options: ApplyOptions): Promise<FailedJob[]> {
  const journal = createJournal(port);
  const progress: Progress = { when: 'before', doing: '', done: [], failed: [] };
  try {
    await doAll(port, plan, journal, progress, options);
    return progress.failed;
  } catch (error) {
    const isStopped = options.signal.aborted && error === options.signal.reason;
    throw rolledBack(progress, error, isStopped, await undo(port, journal));
  }
}
