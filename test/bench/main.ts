import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { noOpEnsure } from './ensure.ts';
import { largeRender, startUp } from './program.ts';
import { isMet, table } from './targets.ts';

/*
 * usage: npm run bench -- [--out FILE] [--assert]
 * Prints a table of medians; --out also writes them as JSON, --assert makes a missed target exit code 1.
 */
const { values } = parseArgs({ options: { out: { type: 'string' }, assert: { type: 'boolean', default: false } } });

const MEMORY = '/dev/shm';
const makeFolder = (parent: string) => mkdtempSync(join(parent, 'hotlookup-bench-'));

const folder = makeFolder(tmpdir());
// A busy disk takes milliseconds to make each file: bare node makes none, so where there is a folder in memory, it is used.
const fastFolder = makeFolder(existsSync(MEMORY) ? MEMORY : tmpdir());
try {
  const results = [...startUp(fastFolder), await noOpEnsure(), largeRender(folder)];
  process.stdout.write(table(results));
  if (values.out) writeFileSync(values.out, `${JSON.stringify(results, undefined, 2)}\n`);
  if (values.assert && results.some((result) => 'measured' in result && !isMet(result))) process.exitCode = 1;
} finally {
  for (const made of [folder, fastFolder]) rmSync(made, { recursive: true, force: true });
}
