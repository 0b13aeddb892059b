import { EXIT, type ExitCode } from '../errors.ts';
import { apply } from '../install/apply.ts';
import { messageOf } from '../install/apply-words.ts';
import { type GateReport, NOTHING } from '../install/gate/report.ts';
import type { HostPort } from '../install/host.ts';
import type { Observed } from '../install/observed.ts';
import type { Plan, Step } from '../install/step.ts';
import { type Reason, refusal } from '../review/plan-refusal.ts';
import { type PlanReport, planData, planSummary, planText, type RunningTimer } from '../review/plan-report.ts';
import { tellStep } from '../review/plan-text.ts';
import { printable } from '../review/printable.ts';
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
  const { port, dryRun } = undertaking;
  const { terminal } = world;
  terminal.err(`Looking at ${port.files.root === '/' ? 'this host' : port.files.root}\n`);
  const decision = await undertaking.decide();
  const { steps, refusals } = decision.plan;
  const isIdle = steps.length === 0 && refusals.length === 0;
  const { findings, notChecked } = isIdle ? NOTHING : await passGate(undertaking, world);
  const reasons = [...findings, ...refusals];
  if (steps.length === 0 || dryRun || reasons.length > 0) {
    if (reasons.length === 0 || dryRun || undertaking.json)
      tell(
        undertaking,
        decision.plan,
        steps.length === 0 ? runningTimers(decision) : [],
        { notChecked, reasons },
        world,
      );
    refuseIf(reasons);
    return EXIT.done;
  }
  const done = await port.locked(() => applyAgain(undertaking, world));
  tell(undertaking, done, await shownTimers(port, done), { notChecked, reasons: [] }, world);
  return EXIT.done;
}

async function passGate({ gate }: Undertaking, { terminal }: World): Promise<GateReport> {
  if (!gate) return NOTHING;
  terminal.err('Checking what would be installed, before anything is written\n');
  return gate();
}

function refuseIf([first, ...others]: readonly Reason[]): void {
  if (first) throw refusal([first, ...others]);
}

async function applyAgain({ port, decide }: Undertaking, world: World): Promise<Plan> {
  const { plan } = await decide();
  refuseIf(plan.refusals);
  let job: string | undefined;
  const report = (step: Step) => {
    job = step.do === 'start' && step.unit.endsWith('.service') ? step.unit : undefined;
    // A job may take minutes; of all else the report tells in the end.
    if (job !== undefined) world.terminal.err(`${tellStep(step, 'will')}\n`);
  };
  try {
    await world.interruptible((signal) => apply(port, plan, { signal, report }));
  } catch (error) {
    if (job !== undefined) await showLastLines(job, world);
    throw error;
  }
  return plan;
}

/** Why a job failed; its unit is gone by now, so that systemctl cannot be asked any more. */
async function showLastLines(service: string, { processes, terminal }: World): Promise<void> {
  const { readLastLines } = await import('../install/job-status-journal.ts');
  // Without journalctl, the failure of the install is still what counts.
  const lines = await readLastLines(processes, service.replace(/\.service$/, '')).catch((error) => [messageOf(error)]);
  terminal.err(lines.map((line) => `  ${printable(line)}\n`).join(''));
}

const runningTimers = ({ plan, observed }: Decision): RunningTimer[] =>
  plan.activeTimers.map((timer) => ({ timer, next: observed.units.get(timer)?.nextElapse }));

const shownTimers = ({ systemd }: HostPort, { activeTimers }: Plan): Promise<RunningTimer[]> =>
  Promise.all(activeTimers.map(async (timer) => ({ timer, next: (await systemd?.show(timer))?.nextElapse })));

function tell(
  { verb, port, dryRun, json }: Undertaking,
  { steps, notes }: Plan,
  timers: readonly RunningTimer[],
  { notChecked, reasons }: { readonly notChecked: readonly string[]; readonly reasons: readonly Reason[] },
  { terminal, now }: World,
): void {
  const report = { verb, root: port.files.root, dryRun, steps, timers, notes, notChecked, refused: reasons };
  if (json) terminal.out(`${JSON.stringify(planData(report), undefined, 2)}\n`);
  else terminal.out(planText(report, now().getTime(), terminal.color));
  terminal.err(planSummary(report));
}
