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
      import('../install/choose-record.ts'),
      import('../install/job-status-read.ts'),
      import('../install/job-status-partitions.ts'),
      import('../review/job-status-problems.ts'),
    ]);
    const waited = `this host, and at most ${ANSWER_SECONDS} s at its database`;
    terminal.err(`Looking at ${port.files.root === '/' ? waited : port.files.root}\n`);
    const status = await readStatus(port, world, chooseRecord(port, name));
    const problems = problemsOf(status);
    const now = world.now().getTime();
    if (json) {
      const { statusData } = await import('../review/job-status-data.ts');
      terminal.out(jsonDocument(statusData(status, problems, now)));
    } else {
      const { statusText } = await import('../review/job-status-text.ts');
      terminal.out(statusText(status, problems, now, terminal.columns));
    }
    return problems.length === 0 ? EXIT.done : EXIT.differences;
  },
});
