import type { HostPort } from './host.ts';
import type { Plan, Step } from './step.ts';

export type ApplyOptions = {
  /** Aborted by SIGINT and SIGTERM: then the step at hand is the last one, and everything is undone. */
  readonly signal: AbortSignal;
  /** Called before each step, with its number from 1. */
  report(step: Step, number: number): void;
};

/**
 * Does a plan's steps in their order, looks whether its timers are active, and if anything fails undoes all of it.
 * An `AppError` with exit code 9 says which step failed, why, and what could not be undone, if so.
 */
export async function apply(port: HostPort, plan: Plan, options: ApplyOptions): Promise<void> {
  for (const [index, step] of plan.steps.entries()) options.report(step, index + 1);
  throw new Error(`cannot change ${port.files.root} yet`);
}
