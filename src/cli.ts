import packageJson from '../package.json' with { type: 'json' };
import { openBundle } from './io/bundle.ts';
import { createTerminal } from './io/terminal.ts';

/** `./NAME` of the program's first file; the build defines it. */
declare const PROGRAM: string;

const argv = process.argv.slice(2);

// Answered here, because loading the program takes longer than the answer.
if (argv.length === 1 && argv[0] === '--version') createTerminal().out(`${packageJson.version}\n`);
else {
  const { run } = openBundle(import.meta.dirname).load(PROGRAM) as typeof import('./program.ts');
  run(argv, import.meta.dirname).then((exitCode) => {
    process.exitCode = exitCode;
  });
}
