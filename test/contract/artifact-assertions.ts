import { spawnSync } from 'node:child_process';
import { basename } from 'node:path/posix';
import { PGlite } from '@electric-sql/pglite';
import { Cron } from 'croner';
import { expect } from 'vitest';
import { parseEnvironmentFile } from '../../src/runtime/dsn/environment-file.ts';
import { parseDsn } from '../../src/runtime/dsn/parse.ts';
import type { Spec } from '../../src/spec/schema.ts';
import { parseUnit } from '../harness/systemd/unit-file.ts';

type Assertion = (contents: string, spec: Spec) => void | Promise<void>;

let parser: PGlite | undefined;

/** Takes seconds on a busy machine; ends with `stopSqlParser`. */
export async function startSqlParser(): Promise<void> {
  parser = await PGlite.create();
}

export async function stopSqlParser(): Promise<void> {
  await parser?.close();
}

/** A server parses a whole message before it runs the first statement of it, here one that fails. */
async function isSql(contents: string): Promise<void> {
  const error = await parser?.exec(`SELECT 1/0; ${contents}`).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: '22012' });
}

function isBash(contents: string): void {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: contents, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
}

const script =
  (verb: string): Assertion =>
  (contents) => {
    isBash(contents);
    expect(contents).toMatch(/^#!\/usr\/bin\/env bash\n/);
    expect(contents.split('\n').at(-2)).toBe(`  -- ${verb}"$@"`);
  };

const service =
  (suffix: string): Assertion =>
  (contents, { scriptsDir, user, envFile }) => {
    const { Unit, Service } = parseUnit(contents);
    expect(Unit?.get('Description')).toHaveLength(1);
    expect(Service?.get('Type')).toEqual(['oneshot']);
    expect(Service?.get('User')).toEqual([user]);
    expect(Service?.get('EnvironmentFile')).toEqual([`-${envFile.replaceAll('%', '%%')}`]);
    const [start = ''] = Service?.get('ExecStart') ?? [];
    if (/^[\w/]*$/.test(scriptsDir)) expect(start.startsWith(`${scriptsDir}/`)).toBe(true);
    expect(start).toMatch(new RegExp(`-${suffix}\\.sh"? \\d+( false)?$`));
  };

const timer: Assertion = (contents) => {
  const { Timer, Install } = parseUnit(contents);
  expect(Timer?.get('OnCalendar')?.every((line) => line.endsWith(' UTC'))).toBe(true);
  expect(Timer?.get('Persistent')).toEqual(['true']);
  expect(Install?.get('WantedBy')).toEqual(['timers.target']);
};

/** crontab(5) as Debian's cron reads /etc/cron.d: settings, comments, and lines of five fields, a user and a command. */
const crontab: Assertion = (contents, { dynamicUser, user }) => {
  const lines = contents.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const jobs = lines.filter((line) => !/^[A-Z]+=/.test(line));
  expect(jobs.length).toBeGreaterThan(0);
  for (const job of jobs) {
    const [, fields = '', account, command = ''] = /^((?:\S+ ){5})(\S+) (.+)$/.exec(job) ?? [];
    expect(new Cron(fields.trim()).nextRun()).toBeInstanceOf(Date);
    expect(account).toBe(dynamicUser ? 'root' : user);
    expect(command).toMatch(/\.sh'? \d+( false)?$/);
    expect(job.length).toBeLessThan(1000);
  }
};

const environment: Assertion = (contents) => {
  const variables = parseEnvironmentFile(contents);
  expect([...variables.keys()]).toEqual(['PG_DSN']);
  const filledIn = variables.get('PG_DSN')?.replaceAll('...', 'value') ?? '';
  expect(() => parseDsn(filledIn)).not.toThrow();
};

/** tmpfiles.d(5): type, path, mode, user, group, age. systemd-tmpfiles itself reads such lines in the tests of their quoting. */
const tmpfiles: Assertion = (contents, { metrics }) => {
  const [line = '', ...others] = contents.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(others).toEqual([]);
  const [, path = ''] = /^d (".*") 2775 - [a-z]+ -$/.exec(line) ?? [];
  expect(JSON.parse(path).replaceAll('%%', '%')).toBe(metrics?.directory);
};

/** CommonMark's fences pair up, its headings rise by one, and each row of a table (GitHub's) has as many cells as its head. */
const runbook: Assertion = (contents, { runbook: path }) => {
  expect(basename(path)).toMatch(/\.md$/);
  const fences = contents.match(/^ *```.*$/gm) ?? [];
  expect(fences.length % 2).toBe(0);
  const prose = contents.replace(/^( *)```[\s\S]*?\n *```$/gm, '');
  const levels = (prose.match(/^#+(?= )/gm) ?? []).map((signs) => signs.length);
  expect(levels[0]).toBe(1);
  for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  for (const table of prose.match(/^\|.*\n\|[-| :]+\n(?:\|.*\n)+/gm) ?? []) {
    const cells = table
      .trim()
      .split('\n')
      .map((row) => row.replaceAll('\\|', '').split('|').length);
    expect(new Set(cells).size).toBe(1);
  }
};

/** What must hold of the file that each template makes, found by a parser of the file's own language. */
export const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  'devops/scripts/SET-ensure-partitions.sh': script('ensure '),
  'devops/scripts/SET-retention.sh': script('retention '),
  'devops/scripts/SET-partitions.sh': script(''),
  'devops/scripts/systemd/SET-ensure.service': service('ensure-partitions'),
  'devops/scripts/systemd/SET-ensure.timer': timer,
  'devops/scripts/systemd/SET-retention.service': service('retention'),
  'devops/scripts/systemd/SET-retention.timer': timer,
  'devops/scripts/cron/SET': crontab,
  'devops/etc/scanner-hotlookup.env.example': environment,
  'devops/etc/tmpfiles.d/hotlookup-metrics.conf': tmpfiles,
  'devops/database/postgres-partitioning/SET_jobs.sql': isSql,
  'src/Scanner/__Libraries/StellaOps.Scanner.Storage/Postgres/Migrations/025_artifact_boms_hot_lookup.sql': isSql,
  'docs/modules/scanner/operations/sbom-hot-lookup-operations.md': runbook,
};
