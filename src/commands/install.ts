import { AppError } from '../errors.ts';
import type { HostPort } from '../install/host/host.ts';
import type { PlanOptions } from '../install/plan/options.ts';
import { chooseSpec, SPEC_OPTION } from './chosen-spec.ts';
import { defineCommand } from './command.ts';
import { openToChange, ROOT_OPTION } from './target.ts';

const flag = (describe: string) => ({ type: 'boolean', default: false, describe }) as const;

/** What means nothing on a live host, or nothing in an image. */
function refuseMisplaced({ preset, runEnsure }: PlanOptions, { systemd }: HostPort): void {
  const misplaced =
    systemd && preset
      ? '--preset is for images: on this host timers are enabled at once'
      : !systemd && runEnsure
        ? '--run-ensure is for this host: nothing is run in an image'
        : undefined;
  if (misplaced !== undefined) throw new AppError('usage', misplaced, { advice: 'Leave it out' });
}

export const installCommand = defineCommand({
  name: 'install',
  summary: 'Install what a spec asks for on this host or in an image, all or nothing',
  options: {
    spec: SPEC_OPTION,
    root: ROOT_OPTION,
    'dry-run': flag('Change nothing; show what would be done'),
    enable: {
      type: 'boolean',
      conflicts: 'no-enable',
      describe: 'Enable also timers that were disabled or masked here',
    },
    'no-enable': { type: 'boolean', describe: 'Enable no timer' },
    force: flag('Replace generated files that were edited here, and keep a copy of each'),
    'run-ensure': flag('Run the ensure jobs in the end; if one fails, exit 1 and all else stands'),
    remove: {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'Take away a partition set that is installed and that the spec has not; may be repeated',
    },
    'remove-others': flag('Take away every partition set of this installation that the spec has not'),
    downgrade: flag('Replace the helper of a newer version by the one of this version'),
    preset: flag('In an image: a preset that enables the timers, instead of links'),
    json: flag('Report as JSON'),
  },
  async run(options, world) {
    const { spec } = await chooseSpec(world, options.spec);
    const port = await openToChange(world, options.root);
    const planOptions: PlanOptions = {
      enable: options.enable ? 'force' : options['no-enable'] ? 'none' : 'default',
      force: options.force,
      remove: options.remove ?? [],
      removeOthers: options['remove-others'],
      downgrade: options.downgrade,
      preset: options.preset,
      runEnsure: options['run-ensure'],
    };
    refuseMisplaced(planOptions, port);
    const [{ renderTree }, { desire }, { observe }, { plan }, { carryOut }] = await Promise.all([
      import('./render-tree.ts'),
      import('../install/desired/desire.ts'),
      import('../install/observe/observe.ts'),
      import('../install/plan/plan.ts'),
      import('./carry-out.ts'),
    ]);
    const desired = desire(renderTree(world, spec), spec);
    return carryOut(
      {
        verb: 'install',
        port,
        dryRun: options['dry-run'],
        json: options.json,
        async decide() {
          const observed = await observe(port, desired);
          return { observed, plan: plan(desired, observed, planOptions) };
        },
        gate: async () => (await import('../install/gate/gate.ts')).gate(desired, spec, port, world),
      },
      world,
    );
  },
});
