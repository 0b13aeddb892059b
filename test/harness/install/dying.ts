/*
 * Run as a program: does a plan on a host in a folder and is killed in place of the n-th call that changes the host. A file
 * that is being made then is left half-written. So that it dies while it undoes, one call can be made to fail before.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apply } from '../../../src/install/apply/apply.ts';
import type { Plan } from '../../../src/install/plan/step.ts';
import { watchPort } from './faulty-port.ts';
import { hostIn, openFolder } from './host-folder.ts';

const [folder = '', planFile = '', last = '', failing = ''] = process.argv.slice(2);
const { isLive, plan }: { isLive: boolean; plan: Plan } = JSON.parse(readFileSync(planFile, 'utf8'));
const host = hostIn(folder, isLive);

let changes = 0;
const dying = watchPort(openFolder(host), ({ number, name, args: [path, contents], changes: isChange }) => {
  if (isChange) changes += 1;
  if (number === Number(failing)) throw new Error('made to fail');
  if (!isChange || changes < Number(last)) return;
  if (name === 'createFile' && contents instanceof Buffer)
    writeFileSync(join(host.root, String(path)), contents.subarray(0, contents.length / 2), { mode: 0o600 });
  writeFileSync(join(folder, 'died'), name);
  process.kill(process.pid, 'SIGKILL');
});
await apply(dying, plan, { signal: new AbortController().signal, report: () => undefined });
