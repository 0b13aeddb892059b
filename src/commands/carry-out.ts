import { AppError, EXIT, type ExitCode } from '../errors.ts';
import { apply } from '../install/apply/apply.ts';
import type { FailedJob } from '../install/apply/outcome.ts';
import { type GateReport, NOTHING } from '../install/gate/report.ts';
import type { HostPort } from '../install/host/host.ts';
import type { Observed } from '../install/observe/observed.ts';
import type { Plan, Step } from '../install/plan/step.ts';
import { jsonDocument } from '../json-document.ts';
import { refusal } from '../report/plan/refusal.ts';
import { type PlanReport, planData, planSummary, planText, type RunningTimer } from '../report/plan/report.ts';
import { stepText } from '../report/plan/text.ts';
import type { World } from '../world.ts';

type Decision = { readonly observed: Observed; readonly plan: Plan };

/** What is to be carried out on a host or an image. */
export type Undertaking = {
  readonly verb: PlanReport['verb'];
  readonly port: HostPort;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** Observes and plans; done once more under the lock, because meanwhile somebody else may have changed the host. */
  decide(): Promise<Decision>;
  /** Asked once before a plan that brings anything; undefined if nothing is brought. */
  readonly gate: (() => Promise<GateReport>) | undefined;
};

/** Plans, passes the gate, and unless it is a dry run does the steps and reports them. */
export async function carryOut(undertaking: Undertaking, world: World): Promise<ExitCode> {
  const { verb, port, dryRun, json } = undertaking;
  const { terminal } = world;
  terminal.err(`Looking at ${port.files.root === '/' ? 'this host' : port.files.root}\n`);
  const decision = await undertaking.decide();
  const { plan } = decision;
  const isIdle = plan.steps.length === 0;
  const { findings, notChecked } = isIdle && plan.refusals.length === 0 ? NOTHING : await passGate(undertaking, world);
  const [first, ...others] = [...findings, ...plan.refusals];
  const report: PlanReport = {
    verb,
    root: port.files.root,
    outcome: first ? 'refused' : isIdle ? 'nothing to do' : dryRun ? 'dry run' : 'not done',
    dryRun,
    steps: plan.steps,
    timers: isIdle ? runningTimers(decision) : [],
    notes: plan.notes,
    notChecked,
    refused: first ? [first, ...others] : [],
    failedJobs: [],
  };
  if (first) {
    if (dryRun && !json) printReport(report, json, world);
    throw withReport(refusal([first, ...others]), report);
  }
  if (isIdle || dryRun) printReport(report, json, world);
  else await applyAndTell(undertaking, report, world);
  return EXIT.done;
}

async function passGate({ gate }: Undertaking, { terminal }: World): Promise<GateReport> {
  if (!gate) return NOTHING;
  terminal.err('Checking what would be installed, before anything is written\n');
  return gate();
}

async function applyAndTell(undertaking: Undertaking, planned: PlanReport, world: World): Promise<void> {
  const { port, json } = undertaking;
  let report = planned;
  try {
    await port.locked(async () => {
      const { plan } = await undertaking.decide();
      const [first, ...others] = plan.refusals;
      report = { ...report, steps: plan.steps, notes: plan.notes };
      if (first) {
        report = { ...report, outcome: 'refused', refused: plan.refusals };
        throw refusal([first, ...others]);
      }
      const failedJobs = await applyWatched(port, plan, world);
      report = { ...report, outcome: 'done', timers: await shownTimers(port, plan), failedJobs };
    });
  } catch (error) {
    throw error instanceof AppError ? withReport(error, report) : error;
  }
  if (report.failedJobs.length === 0 || !json) printReport(report, json, world);
  if (report.failedJobs.length === 0) return;
  const { jobsFailed } = await import('./failed-jobs.ts');
  throw withReport(await jobsFailed(report.failedJobs, world), report);
}

/** Applies a plan; tells of what may take minutes, a job and being stopped, and leaves all else to the report in the end. */
const applyWatched = (port: HostPort, plan: Plan, { interruptible, terminal }: World): Promise<FailedJob[]> =>
  interruptible((signal) => {
    signal.addEventListener('abort', () => terminal.err('Stopped: undoing what was done\n'));
    const report = (step: Step) => {
      if (step.do === 'run') terminal.err(`${stepText(step, 'will')} (Ctrl-C stops it and undoes the install)\n`);
    };
    return apply(port, plan, { signal, report });
  });

/** The error with what a program gets to read of the whole undertaking. */
function withReport(error: AppError, report: PlanReport): AppError {
  const { kind, message, advice, data } = error;
  const outcome = kind === 'rolledBack' ? 'rolled back' : report.outcome;
  return new AppError(kind, message, {
    ...(advice === undefined ? {} : { advice }),
    cause: error,
    data: { ...planData({ ...report, outcome }), ...data },
  });
}

const runningTimers = ({ plan, observed }: Decision): RunningTimer[] =>
  plan.activeTimers.map((timer) => ({ timer, next: observed.units.get(timer)?.nextElapse }));

async function shownTimers({ systemd }: HostPort, { activeTimers }: Plan): Promise<RunningTimer[]> {
  const states = await systemd?.showAll(activeTimers);
  return activeTimers.map((timer) => ({ timer, next: states?.get(timer)?.nextElapse }));
}

function printReport(report: PlanReport, json: boolean, { terminal, now }: World): void {
  if (json) terminal.out(jsonDocument({ ...planData(report), error: null }));
  else terminal.out(planText(report, now().getTime(), terminal.color));
  terminal.err(planSummary(report));
}
