import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

const folder = mkdtempSync(join(tmpdir(), 'hotlookup-bench-'));
try {
  const results = [...startUp(folder), await noOpEnsure(), largeRender(folder)];
  process.stdout.write(table(results));
  if (values.out) writeFileSync(values.out, `${JSON.stringify(results, undefined, 2)}\n`);
  if (values.assert && results.some((result) => 'measured' in result && !isMet(result))) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
