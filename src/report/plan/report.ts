import { exitCodeOf } from '../../errors.ts';
import type { FailedJob } from '../../install/apply/outcome.ts';
import type { Step } from '../../install/plan/step.ts';
import { spellMode } from '../../install/record/manifest-text.ts';
import { spellDistance, spellMoment } from '../span.ts';
import type { Reason } from './refusal.ts';
import { listSteps, stepDiff, stepTexts } from './text.ts';

/** A timer that runs; when it elapses next in milliseconds since the epoch. */
export type RunningTimer = { readonly timer: string; readonly next: number | undefined };

/** What an install or an uninstall did, or, as a dry run, would do. */
export type PlanReport = {
  readonly verb: 'install' | 'uninstall';
  /** `/` or the image's folder. */
  readonly root: string;
  /** `not done`: something came in between before the first step, such as another run that holds the lock. */
  readonly outcome: 'done' | 'nothing to do' | 'dry run' | 'refused' | 'rolled back' | 'not done';
  readonly dryRun: boolean;
  readonly steps: readonly Step[];
  readonly timers: readonly RunningTimer[];
  readonly notes: readonly string[];
  readonly notChecked: readonly string[];
  /** Why nothing was done, if so. */
  readonly refused: readonly Reason[];
  /** Jobs that it was to run and that failed; all else stands. */
  readonly failedJobs: readonly FailedJob[];
};

/** The report for a person. */
export function planText(report: PlanReport, now: number, color: boolean): string {
  const { steps, dryRun, timers, notes, notChecked } = report;
  return [
    steps.length === 0 ? 'nothing to do\n' : listSteps(steps, dryRun ? 'will' : 'did', color),
    section(
      'Timers that run:',
      timers.map(({ timer, next }) =>
        next === undefined ? timer : `${timer}, next at ${spellMoment(next)} (${spellDistance(next, now)})`,
      ),
    ),
    section('Not checked:', notChecked),
    section('Please note:', notes),
  ].join('');
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;

/** What was done in one line, for stderr; empty if nothing was to be done. */
export function planSummary({ verb, root, dryRun, steps }: PlanReport): string {
  if (steps.length === 0) return '';
  const place = root === '/' ? 'this host' : root;
  const count = stepTexts(steps).length;
  const changes = `${count} step${count === 1 ? '' : 's'}`;
  return dryRun ? `dry run: ${changes}, none of them done\n` : `${verb}ed on ${place}: ${changes}\n`;
}

/** The report as the value that `--json` prints. */
export function planData(report: PlanReport) {
  const { root, outcome, dryRun, steps, timers, notes, notChecked, refused, failedJobs } = report;
  return {
    root,
    outcome,
    dryRun,
    steps: steps.map(stepData),
    timers: timers.map(({ timer, next }) => ({
      timer,
      next: next === undefined ? null : new Date(next).toISOString(),
    })),
    notes,
    notChecked,
    refused: refused.map(({ found, fix, kind }) => ({ found, fix, code: exitCodeOf(kind) })),
    failedJobs,
    // A run that was undone says what came in its way and what could not be undone.
    rolledBack: null,
  };
}

/** A step without what it writes: a secret must not be shown, and of all else the diff says more. */
function stepData(step: Step) {
  if (step.do === 'change-mode') return { ...step, mode: spellMode(step.mode), from: spellMode(step.from) };
  if (step.do === 'make-directory') return { ...step, mode: spellMode(step.mode) };
  if (step.do !== 'write') return step;
  const { path, mode, why, before } = step;
  return {
    do: before === undefined ? 'create' : 'replace',
    path,
    mode: spellMode(mode),
    why,
    diff: stepDiff(step) ?? null,
  };
}
