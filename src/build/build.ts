import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildHelper } from './helper.ts';
import { prepareDefaultSpec, prepareTemplates } from './prepared.ts';
import { buildProgram } from './program.ts';
import { publish } from './publish.ts';

const SCHEMA = 'hotlookup.schema.json';

/** Builds `dist/` whole in a folder of its own, then puts it in place: a failed build leaves the old one usable. */
async function build(root: string): Promise<void> {
  const dist = join(root, 'dist');
  mkdirSync(dist, { recursive: true });
  const staging = mkdtempSync(join(dist, '.build-'));
  try {
    prepareTemplates(join(root, 'templates'), join(staging, 'prepared'));
    prepareDefaultSpec(join(staging, 'prepared'));
    await buildHelper(root, staging);
    await buildProgram(root, staging);
    copyFileSync(join(root, 'src/spec', SCHEMA), join(staging, SCHEMA));
    publish(staging, dist);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

await build(fileURLToPath(new URL('../..', import.meta.url)));
