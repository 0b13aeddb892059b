import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTarget, type Target } from '../../harness/install/target.ts';
import { testNeeding } from '../../harness/runner/needs.ts';

const METRICS = { metrics: { directory: '/srv/it is/metrics', group: 'scrape' } };
const GID = 4_321;

let target: Target;
beforeEach(() => {
  target = createTarget();
});
afterEach(() => target.dispose());

const makeFolder = (mode: number, gid = GID) => {
  const path = join(target.root, METRICS.metrics.directory);
  mkdirSync(path, { recursive: true, mode: 0o755 });
  chownSync(path, 0, gid);
  chmodSync(path, mode);
};

const judge = async (as: 'host' | 'image') => {
  const { findings, notChecked } = await target.judge(as, METRICS);
  return {
    findings: findings.filter(({ found }) => found.startsWith('metrics')),
    notChecked: notChecked.filter((sentence) => sentence.startsWith('metrics')),
  };
};

describe('the group that the jobs run as', () => {
  test('must be there on a host', async () => {
    expect(await judge('host')).toEqual({
      findings: [
        {
          kind: 'refused',
          found: 'metrics: /etc/group has no group scrape, which the jobs run as',
          fix: 'Install node_exporter or Prometheus, make the group (groupadd --system scrape), or name another one in the spec',
        },
      ],
      notChecked: [],
    });
  });

  test('may still be missing in an image', async () => {
    expect(await judge('image')).toEqual({
      findings: [],
      notChecked: ["metrics: the image's /etc/group has no group scrape yet"],
    });
  });

  test.each(['scrape2:x:1:', 'scrape', 'scrape:x::', 'scrape:x:no:', '#scrape:x:1:'])('is not "%s"', async (line) => {
    target.put('/etc/group', `root:x:0:\n${line}\n`);
    expect((await judge('host')).findings).toHaveLength(1);
  });

  test.each(['host', 'image'] as const)('is found on a %s', async (as) => {
    target.put('/etc/group', `root:x:0:\nscrape:x:${GID}:ann,bob\n`);
    expect(await judge(as)).toEqual({ findings: [], notChecked: [] });
  });
});

describe('the folder', () => {
  beforeEach(() => target.put('/etc/group', `root:x:0:\nscrape:x:${GID}:\n`));

  testNeeding({ root: true }, 'that the jobs may write to is fine', async () => {
    makeFolder(0o2775);
    expect(await judge('host')).toEqual({ findings: [], notChecked: [] });
  });

  testNeeding({ root: true }, 'behind a link is the one that counts', async () => {
    makeFolder(0o755);
    target.link('/srv/link', METRICS.metrics.directory);
    const { findings } = await target.judge('host', { metrics: { ...METRICS.metrics, directory: '/srv/link' } });
    expect(findings.map(({ found }) => found)).toEqual([expect.stringContaining('/srv/link has mode 0755')]);
  });

  testNeeding({ root: true }, 'that its group may not write to is refused, with the commands', async () => {
    makeFolder(0o755, 0);
    expect((await judge('host')).findings).toEqual([
      {
        kind: 'refused',
        found: `metrics: /srv/it is/metrics has mode 0755 and belongs to group 0; the jobs need mode 02775 and group scrape (${GID})`,
        fix: "See who else writes there, then: chgrp scrape '/srv/it is/metrics' && chmod 2775 '/srv/it is/metrics'",
      },
    ]);
  });

  testNeeding({ root: true }, 'of another mode or group is refused, as the boot would change it', async () => {
    for (const [mode, gid] of [
      [0o2770, GID],
      [0o3775, GID],
      [0o777, GID],
      [0o2775, 12],
    ] as const) {
      makeFolder(mode, gid);
      expect((await judge('host')).findings).toHaveLength(1);
    }
  });

  testNeeding({ root: true }, 'of an image is not looked at', async () => {
    makeFolder(0o755, 0);
    expect(await judge('image')).toEqual({ findings: [], notChecked: [] });
  });
});
