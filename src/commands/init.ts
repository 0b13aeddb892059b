import { AppError, EXIT } from '../errors.ts';
import { SPEC_FILE } from './chosen-spec.ts';
import { defineCommand } from './command.ts';

const MODE = 0o644;

export const initCommand = defineCommand({
  name: 'init',
  summary: 'Write a spec to start from: every key with its meaning and its default',
  options: {
    out: { type: 'string', default: SPEC_FILE, requiresArg: true, describe: 'The file to write' },
    force: { type: 'boolean', default: false, describe: 'Replace the file if it exists' },
  },
  async run({ out, force }, { files, terminal }) {
    if (files.status(out) && !force)
      throw new AppError('refused', `${out} exists already; nothing was written`, {
        advice: 'Choose another file with --out, or replace it with --force',
      });
    const { commentedSpec } = await import('../spec/reference.ts');
    files.write(out, commentedSpec(), MODE);
    terminal.out(`created  ${out}\n`);
    return EXIT.done;
  },
});
