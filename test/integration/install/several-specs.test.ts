import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { listTree } from '../../harness/install/listing.ts';

const CLI = fileURLToPath(new URL('../../../dist/cli.cjs', import.meta.url));
const HELPER = 'opt/stellaops/devops/scripts/lib/hotlookup-runtime.cjs';
const RECORDS = 'var/lib/hotlookup';

let image = '';
let folder = '';
beforeEach(() => {
  [image = '', folder = ''] = ['root', 'specs'].map((what) =>
    realpathSync(mkdtempSync(join(tmpdir(), `hotlookup-${what}-`))),
  );
  chmodSync(image, 0o755);
});
afterEach(() => {
  for (const made of [image, folder]) rmSync(made, { recursive: true });
});

const hotlookup = (verb: string, ...args: string[]) =>
  execa(process.execPath, [CLI, verb, '--root', image, ...args], {
    reject: false,
    cwd: folder,
    env: { SOURCE_DATE_EPOCH: '1700000000' },
  });

const setOf = (name: string) => `  - name: ${name}
    table: ${name.replaceAll('-', '_')}.events
    ensure: { function: a.ensure_events, monthsAhead: 3, schedule: '20 0 * * *' }
    retention: false
`;

/** A spec file with these sets; its runbook is its own. */
function specOf(name: string, ...sets: string[]): string[] {
  const file = join(folder, `${name}.yaml`);
  const own = `name: ${name}\nrunbook: /opt/docs/${name}.md\n`;
  writeFileSync(file, `${own}partitionSets:\n${sets.map(setOf).join('')}`);
  return ['--spec', file];
}

const there = (path: string) => lstatSync(join(image, path), { throwIfNoEntry: false }) !== undefined;

test('two specs live side by side, and what both need goes with the last', async () => {
  const before = listTree(image);
  expect(await hotlookup('install', ...specOf('audit', 'audit-events'))).toMatchObject({ exitCode: EXIT.done });
  const alone = listTree(image);
  expect(await hotlookup('install')).toMatchObject({ exitCode: EXIT.done });
  expect(there(`${RECORDS}/audit.json`) && there(`${RECORDS}/scanner-artifact-boms.json`)).toBe(true);
  expect(there('etc/systemd/system/timers.target.wants/audit-events-ensure.timer')).toBe(true);
  expect(await hotlookup('diff', ...specOf('audit', 'audit-events'))).toMatchObject({ exitCode: EXIT.done });
  expect(await hotlookup('install', ...specOf('audit', 'audit-events'))).toMatchObject({
    exitCode: EXIT.done,
    stdout: expect.stringMatching(/^nothing to do/),
  });

  for (const verb of ['status', 'uninstall']) {
    const unnamed = await hotlookup(verb);
    expect(unnamed.exitCode).toBe(EXIT.usage);
    expect(unnamed.stderr).toContain(
      '2 specs are installed here: audit (audit-events); scanner-artifact-boms (scanner-artifact-boms)',
    );
    expect(unnamed.stderr).toContain('--name NAME');
  }
  const json = await hotlookup('uninstall', '--json');
  expect(JSON.parse(json.stdout).installed).toEqual([
    { name: 'audit', sets: ['audit-events'] },
    { name: 'scanner-artifact-boms', sets: ['scanner-artifact-boms'] },
  ]);
  expect(await hotlookup('uninstall', '--name', 'boms')).toMatchObject({
    exitCode: EXIT.missing,
    stderr: expect.stringContaining('Installed are: audit'),
  });

  expect(await hotlookup('uninstall', '--name', 'scanner-artifact-boms')).toMatchObject({ exitCode: EXIT.done });
  expect(listTree(image)).toEqual(alone);
  expect(there(HELPER)).toBe(true);
  expect(await hotlookup('uninstall')).toMatchObject({ exitCode: EXIT.done });
  expect(listTree(image)).toEqual(before);
});

test("a set or a unit of another spec is refused, and so is another's file", async () => {
  await hotlookup('install', ...specOf('audit', 'audit-events'));
  const before = listTree(image);
  expect(await hotlookup('install', ...specOf('other', 'audit-events'))).toMatchObject({
    exitCode: EXIT.refused,
    stderr: expect.stringMatching(/the partition set audit-events belongs to another spec, audit \(/),
  });
  const [, file = ''] = specOf('third', 'third-events');
  writeFileSync(file, readFileSync(file, 'utf8').replace('/opt/docs/third.md', '/opt/docs/audit.md'));
  expect(await hotlookup('install', '--spec', file)).toMatchObject({
    exitCode: EXIT.refused,
    stderr: expect.stringMatching(/\/opt\/docs\/audit\.md belongs to another spec, audit/),
  });
  expect(listTree(image)).toEqual(before);
});

test('a set that the spec has no more goes only where that is said', async () => {
  await hotlookup('install', ...specOf('audit', 'audit-events', 'audit-logins', 'audit-calls'));
  const fewer = specOf('audit', 'audit-events');
  expect(await hotlookup('install', ...fewer)).toMatchObject({
    exitCode: EXIT.refused,
    stderr: expect.stringContaining('--remove audit-calls --remove audit-logins'),
  });
  expect(await hotlookup('install', ...fewer, '--remove', 'audit-calls')).toMatchObject({ exitCode: EXIT.refused });
  expect(there('etc/systemd/system/audit-calls-ensure.timer')).toBe(true);
  const both = ['--remove', 'audit-calls', '--remove', 'audit-logins'];
  expect(await hotlookup('install', ...fewer, ...both)).toMatchObject({ exitCode: EXIT.done });
  expect(there('etc/systemd/system/audit-calls-ensure.timer')).toBe(false);
  await hotlookup('install', ...specOf('audit', 'audit-events', 'audit-logins'));
  expect(await hotlookup('install', ...fewer, '--remove-others')).toMatchObject({ exitCode: EXIT.done });
});

/** Makes an installation look as 0.1.0 left it: a record without a name and a format version. */
function becomeUnnamed(name: string): void {
  const record = join(image, RECORDS, `${name}.json`);
  const { formatVersion, ...rest } = JSON.parse(readFileSync(record, 'utf8'));
  expect(formatVersion).toBe(2);
  writeFileSync(record, `${JSON.stringify(rest, undefined, 2)}\n`);
  renameSync(record, join(image, RECORDS, 'manifest.json'));
}

test('a record of 0.1.0 is taken over by the first spec that has all of its sets, and by no other', async () => {
  await hotlookup('install', ...specOf('audit', 'audit-events'));
  const installed = listTree(image);
  becomeUnnamed('audit');
  expect(await hotlookup('status')).toMatchObject({ stdout: expect.stringContaining('audit-events-ensure') });
  expect(await hotlookup('install')).toMatchObject({
    exitCode: EXIT.refused,
    stderr: expect.stringMatching(/audit-events was installed from an earlier install, perhaps of another spec/),
  });
  expect(await hotlookup('install', ...specOf('audit', 'audit-events'))).toMatchObject({ exitCode: EXIT.done });
  expect(listTree(image)).toEqual(installed);

  // Killed between the new record and the end of the old one.
  const record = readFileSync(join(image, RECORDS, 'audit.json'));
  becomeUnnamed('audit');
  writeFileSync(join(image, RECORDS, 'audit.json'), record);
  utimesSync(join(image, RECORDS, 'audit.json'), 1_700_000_000, 1_700_000_000);
  expect(await hotlookup('install', ...specOf('audit', 'audit-events'))).toMatchObject({ exitCode: EXIT.done });
  expect(listTree(image)).toEqual(installed);
  becomeUnnamed('audit');
  expect(await hotlookup('uninstall')).toMatchObject({ exitCode: EXIT.done });
});

test('an older helper does not take the place of a newer one, unless that is said', async () => {
  await hotlookup('install');
  const helper = readFileSync(join(image, HELPER), 'utf8');
  const newer = helper.replace(/(runtime helper of hotlookup, version )\d+/, '$199');
  expect(newer).not.toBe(helper);
  writeFileSync(join(image, HELPER), newer);
  const refused = await hotlookup('install');
  expect(refused).toMatchObject({ exitCode: EXIT.refused, stderr: expect.stringContaining('--downgrade') });
  expect(readFileSync(join(image, HELPER), 'utf8')).toBe(newer);
  expect(await hotlookup('install', '--downgrade', '--force')).toMatchObject({ exitCode: EXIT.done });
  expect(readFileSync(join(image, HELPER), 'utf8')).toBe(helper);
});
