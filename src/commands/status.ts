import { EXIT } from '../errors.ts';
import { jsonDocument } from '../json-document.ts';
import { defineCommand } from './command.ts';
import { NAME_OPTION, ROOT_OPTION } from './target.ts';

export const statusCommand = defineCommand({
  name: 'status',
  summary: 'Show how the installed jobs and their partitions are; exit 1 if something needs a person',
  options: {
    root: ROOT_OPTION,
    name: NAME_OPTION,
    json: { type: 'boolean', default: false, describe: 'Report as JSON' },
  },
  async run({ root, name, json }, world) {
    const { terminal } = world;
    const port = await world.openHost(root);
    const [{ chooseRecord }, { readStatus }, { ANSWER_SECONDS }, { problemsOf }] = await Promise.all([
      import('../install/observe/choose-record.ts'),
      import('../install/status/read.ts'),
      import('../install/status/partitions.ts'),
      import('../report/status/problems.ts'),
    ]);
    const waited = `this host, and at most ${ANSWER_SECONDS} s at its database`;
    terminal.err(`Looking at ${port.files.root === '/' ? waited : port.files.root}\n`);
    const status = await readStatus(port, world, chooseRecord(port, name));
    const problems = problemsOf(status);
    const now = world.now().getTime();
    if (json) {
      const { statusData } = await import('../report/status/data.ts');
      terminal.out(jsonDocument(statusData(status, problems, now)));
    } else {
      const { statusText } = await import('../report/status/text.ts');
      terminal.out(statusText(status, problems, now, terminal.columns));
    }
    return problems.length === 0 ? EXIT.done : EXIT.differences;
  },
});
