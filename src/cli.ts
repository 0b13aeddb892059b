#!/usr/bin/env node
import packageJson from '../package.json' with { type: 'json' };
import { createTerminal } from './io/terminal.ts';

const argv = process.argv.slice(2);

// Answered here, because loading the program takes longer than the answer.
if (argv.length === 1 && argv[0] === '--version') createTerminal().out(`${packageJson.version}\n`);
else {
  import('./program.ts')
    .then(({ run }) => run(argv, import.meta.dirname))
    .then((exitCode) => {
      process.exitCode = exitCode;
    });
}
