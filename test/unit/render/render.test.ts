import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import type { Manifest } from '../../../src/render/manifest.ts';
import { render } from '../../../src/render/render.ts';
import { type RawSpec, type Spec, specSchema } from '../../../src/spec/schema.ts';

const RUNTIME = '// the helper\n';
const rendered = (raw: RawSpec = {}) => render(specSchema.parse(raw), RUNTIME);
const paths = (raw: RawSpec = {}) => rendered(raw).map(({ path }) => path);
const contents = (raw: RawSpec, path: string) => rendered(raw).find((artifact) => artifact.path === path)?.contents;

const set = (name: string) => ({
  name,
  table: `public.${name}`,
  ensure: { function: 'public.ensure' },
  retention: { function: 'public.retain' },
});

test("the default spec's tree is that of the operations document", () => {
  expect(
    rendered().map(({ path, mode, installed }) => [path, mode, installed?.path ?? null, installed?.mode ?? null]),
  ).toEqual([
    ['MANIFEST.json', '0644', null, null],
    ['devops/database/postgres-partitioning/003_scanner_artifact_boms_hot_lookup_jobs.sql', '0644', null, null],
    ['devops/etc/scanner-hotlookup.env.example', '0644', '/etc/stellaops/scanner-hotlookup.env', '0600'],
    ['devops/scripts/cron/scanner-artifact-boms', '0644', null, null],
    ...[
      ['lib/hotlookup-runtime.cjs', '0644'],
      ['scanner-artifact-boms-ensure-partitions.sh', '0755'],
      ['scanner-artifact-boms-partitions.sh', '0755'],
      ['scanner-artifact-boms-retention.sh', '0755'],
    ].map(([name, mode]) => [`devops/scripts/${name}`, mode, `/opt/stellaops/devops/scripts/${name}`, mode]),
    ...['ensure.service', 'ensure.timer', 'retention.service', 'retention.timer'].map((name) => [
      `devops/scripts/systemd/scanner-artifact-boms-${name}`,
      '0644',
      `/etc/systemd/system/scanner-artifact-boms-${name}`,
      '0644',
    ]),
    [
      'docs/modules/scanner/operations/sbom-hot-lookup-operations.md',
      '0644',
      '/opt/stellaops/docs/modules/scanner/operations/sbom-hot-lookup-operations.md',
      '0644',
    ],
    [
      'src/Scanner/__Libraries/StellaOps.Scanner.Storage/Postgres/Migrations/025_artifact_boms_hot_lookup.sql',
      '0644',
      null,
      null,
    ],
  ]);
});

test('another set brings its own SQL jobs and no migration', () => {
  expect(paths({ partitionSets: [set('audit')] }).filter((path) => path.endsWith('.sql'))).toEqual([
    'devops/database/postgres-partitioning/audit_jobs.sql',
  ]);
});

test('a job that is switched off leaves no script, unit, timer or line in the cron file', () => {
  const raw = { partitionSets: [{ ...set('audit'), retention: false as const }] };
  expect(paths(raw).filter((path) => path.includes('retention'))).toEqual([]);
  expect(contents(raw, 'devops/scripts/cron/audit')).not.toContain('retention');
});

test("files that the spec names keep their names, the host's places are the spec's", () => {
  const artifacts = rendered({
    envFile: '/etc/other.env',
    runbook: '/srv/doc/book.md',
    scriptsDir: '/srv/x',
    unitsDir: '/srv/u',
  });
  const places = artifacts.flatMap(({ path, installed }) => (installed ? [`${path} → ${installed.path}`] : []));
  expect(places).toContain('devops/etc/other.env.example → /etc/other.env');
  expect(places).toContain('docs/modules/scanner/operations/book.md → /srv/doc/book.md');
  expect(places).toContain('devops/scripts/lib/hotlookup-runtime.cjs → /srv/x/lib/hotlookup-runtime.cjs');
  expect(places).toContain(
    'devops/scripts/systemd/scanner-artifact-boms-ensure.timer → /srv/u/scanner-artifact-boms-ensure.timer',
  );
});

test('the manifest lists every artifact but itself, with the digest of its contents', () => {
  const [first, ...others] = rendered();
  const manifest: Manifest = JSON.parse(first?.contents ?? '');
  expect(Object.keys(manifest)[0]).toBe('//');
  expect(manifest.artifacts).toEqual(
    others.map(({ contents: text, ...entry }) => ({
      ...entry,
      sha256: createHash('sha256').update(text).digest('hex'),
    })),
  );
});

test('two renderings are the same, whatever the time zone and the locale', () => {
  const before = { TZ: process.env['TZ'], LC_ALL: process.env['LC_ALL'] };
  const first = rendered();
  Object.assign(process.env, { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8' });
  try {
    expect(rendered()).toEqual(first);
  } finally {
    for (const [name, value] of Object.entries(before))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
});

test('artifacts are sorted by code units, not by a locale', () => {
  const found = paths({ partitionSets: ['b', 'a-b', 'ab', 'a0'].map(set) });
  expect(found).toEqual([...found].sort());
});

describe('what would not work on a host is refused, even if a schema let it through', () => {
  const plain = specSchema.parse({});
  const [a, b] = specSchema.parse({ partitionSets: [set('a'), set('b')] }).partitionSets;
  if (!a || !b) throw new Error('the spec lost its sets');

  test.each<[string, Partial<Spec>, RegExp]>([
    [
      'sets that want the same script',
      { partitionSets: [a, { ...b, name: 'a-ensure' }] },
      /have the path .*a-ensure-part/,
    ],
    ['two files with one place', { envFile: '/etc/same', runbook: '/etc/same' }, /have the path \/etc\/same/],
    ['a program with quotes, for systemd', { scriptsDir: '/opt/"quoted"' }, /may hold no quotes/],
    ['a path that ends in a backslash, for systemd', { envFile: '/etc/a\\' }, /backslash at its end/],
  ])('%s', (_, changes, reason) => {
    const attempt = () => render({ ...plain, ...changes }, RUNTIME);
    expect(attempt).toThrow(reason);
    expect(attempt).toThrow(expect.objectContaining({ exitCode: EXIT.configuration, advice: expect.any(String) }));
  });
});
