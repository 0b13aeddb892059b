import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bootHost, type Host } from '../harness/systemd/host.ts';
import type { Listing } from '../harness/systemd/listing.ts';
import { copyTree, follow, installByHand } from '../harness/systemd/manual.ts';
import { describeBooted } from '../harness/systemd/needs.ts';
import { installProgram, type Program } from '../harness/systemd/program.ts';
import { ENSURE, expectTimer, RETENTION } from '../harness/systemd/units.ts';

const DSN = 'Host=127.0.0.1;Database=postgres;Username=maintainer;Password=secret';
const MANIFEST = '/var/lib/hotlookup/scanner-artifact-boms.json';
const RUNBOOK = 'docs/modules/scanner/operations/sbom-hot-lookup-operations.md';

/** What the runbook has a person type on a host, without the command that opens an editor. */
function commandsOf(runbook: string): string {
  const [, commands] = /from the folder that holds `MANIFEST\.json`.*:\n\n```sh\n([^`]*)```/i.exec(runbook) ?? [];
  if (commands === undefined) throw new Error('the runbook does not say how to install on a host');
  return commands.replace(/^sudoedit .*\n/m, '');
}

async function followRunbook(host: Host): Promise<void> {
  await copyTree(host, {}, '/root/generated');
  await follow(host, '/root/generated', commandsOf(readFileSync(host.path(`/root/generated/${RUNBOOK}`), 'utf8')));
}

describeBooted('an installation by hand', () => {
  let host: Host;
  let hotlookup: Program;
  beforeEach(async () => {
    host = await bootHost();
    hotlookup = await installProgram(host);
  });
  afterEach(() => host?.stop());

  const changes = (before: Listing, after: Listing) =>
    Object.keys({ ...before, ...after }).filter((path) => before[path] !== after[path]);

  test.each([
    ["with the operations document's commands", (on: Host) => installByHand(on, DSN)],
    ["with the runbook's commands", followRunbook],
  ])('%s is adopted as it is', async (_, byHand) => {
    await byHand(host);
    await expectTimer(host, `${ENSURE}.timer`, '*-*-01 00:10:00 UTC');
    await expectTimer(host, `${RETENTION}.timer`, '*-*-* 00:15:00 UTC');
    const before = host.listing();
    await hotlookup.succeed('install');
    expect(changes(before, host.listing())).toEqual(['/var/lib/hotlookup', MANIFEST]);
    expect(await hotlookup.succeed('install')).toContain('nothing to do');
    expect(await hotlookup.run(['diff'])).toMatchObject({ exitCode: 0 });
  });
});
