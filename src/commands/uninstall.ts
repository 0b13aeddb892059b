import { defineCommand } from './command.ts';
import { NAME_OPTION, openToChange, ROOT_OPTION } from './target.ts';

export const uninstallCommand = defineCommand({
  name: 'uninstall',
  summary: 'Take away what install brought and nobody changed since, all or nothing; no partition is touched',
  options: {
    root: ROOT_OPTION,
    name: NAME_OPTION,
    purge: { type: 'boolean', default: false, describe: 'Also remove the environment file, if install made it' },
    'dry-run': { type: 'boolean', default: false, describe: 'Change nothing; show what would be done' },
    json: { type: 'boolean', default: false, describe: 'Report as JSON' },
  },
  async run({ root, name, purge, 'dry-run': dryRun, json }, world) {
    const port = await openToChange(world, root);
    const [{ chooseRecord }, { observe }, { planRemains, planUninstall }, { carryOut }] = await Promise.all([
      import('../install/observe/choose-record.ts'),
      import('../install/observe/observe.ts'),
      import('../install/plan/uninstall.ts'),
      import('./carry-out.ts'),
    ]);
    return carryOut(
      {
        verb: 'uninstall',
        port,
        dryRun,
        json,
        async decide() {
          const observed = await observe(port, undefined, chooseRecord(port, name));
          const { manifest } = observed;
          return { observed, plan: manifest ? planUninstall(manifest, observed, { purge }) : planRemains(observed) };
        },
        gate: undefined,
      },
      world,
    );
  },
});
