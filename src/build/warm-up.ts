import { writeFileSync } from 'node:fs';
import { cacheFile, openBundle } from '../io/bundle.ts';

/** Every function that these call is in the code caches; all others are compiled when they are first called. */
const COMMANDS = [['render'], ['init'], ['render', '--check']];

async function warmUp(folder: string, program: string): Promise<void> {
  const bundle = openBundle(folder);
  const { run } = bundle.load(program) as typeof import('../program.ts');
  for (const command of COMMANDS) {
    const exitCode = await run(command, folder);
    if (exitCode !== 0) throw new Error(`hotlookup ${command.join(' ')} ended with ${exitCode}`);
  }
  for (const [name, { script }] of bundle.chunks) writeFileSync(cacheFile(folder, name), script.createCachedData());
}

const [, , folder, program] = process.argv;
if (!(folder && program)) throw new Error('usage: warm-up FOLDER PROGRAM');
warmUp(folder, program);
