import { appendFileSync, chmodSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { makeTemporary } from '../runner/temporary.ts';
import type { Documents } from './helper-documents.ts';

const CLI = fileURLToPath(new URL('../../../dist/cli.cjs', import.meta.url));
const SCRIPT = 'opt/stellaops/devops/scripts/scanner-artifact-boms-retention.sh';

/** What the generator prints with `--json`, and the record of an installation, made with an image and a folder of their own. */
export async function generatorDocuments(cli = CLI): Promise<Documents> {
  const documents: Documents = new Map();
  const [image, folder] = ['root', 'tree'].map((what) => realpathSync(makeTemporary(what)));
  if (!image || !folder) throw new Error('no temporary folder');
  chmodSync(image, 0o755);
  const print = async (name: string, ...args: string[]) => {
    const { stdout } = await execa(process.execPath, [cli, ...args, '--json'], { reject: false, cwd: folder });
    documents.set(`generator-${name}.json`, `${stdout}\n`);
  };
  try {
    await print('render', 'render');
    appendFileSync(join(folder, 'generated/devops/scripts/cron/scanner-artifact-boms'), '# somebody was here\n');
    await print('check', 'render', '--check');
    await print('install-plan', 'install', '--root', image, '--dry-run');
    await print('install', 'install', '--root', image);
    const records = join(image, 'var/lib/hotlookup');
    for (const name of readdirSync(records)) documents.set('record.json', readFileSync(join(records, name), 'utf8'));
    appendFileSync(join(image, SCRIPT), '# somebody was here\n');
    await print('diff', 'diff', '--root', image);
    await print('status', 'status', '--root', image);
    await print('uninstall', 'uninstall', '--root', image);
    await print('usage', 'install', '--nonsense');
  } finally {
    for (const made of [image, folder]) rmSync(made, { recursive: true });
  }
  return documents;
}
