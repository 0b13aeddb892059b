import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { PARENT } from '../../harness/jobs/partitions.ts';
import { createScannerDatabase } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';

const PENDING = `(merged_vex @? '$.vulnerabilities[*].analysis.state ? (@ == "in_triage")'
               or merged_vex @? '$.statements[*].status ? (@ == "under_investigation")')`;

describe.each(inject('servers'))('$label: a hot lookup', (server) => {
  let database: Database;
  beforeAll(async () => {
    database = await createScannerDatabase(server);
    // Every payload and every content has ten BOMs of 30 components each; one BOM in a hundred has a vulnerability in triage.
    await database.query(`
      insert into ${PARENT} (build_id, canonical_bom_sha256, payload_digest, inserted_at, canonical_bom, merged_vex)
      select 'build-' || n, 'sha256:' || n % 500, 'digest:' || n % 500, date_trunc('month', now(), 'UTC') + n * interval '1 second',
             jsonb_build_object('bomFormat', 'CycloneDX', 'components', (
               select jsonb_agg(jsonb_build_object('type', 'library', 'name', 'part-' || c, 'purl', 'pkg:npm/part-' || c || '@' || n % 100))
                 from generate_series(1, 30) as c)),
             case n % 200 when 0 then '{"vulnerabilities": [{"id": "CVE-1", "analysis": {"state": "in_triage"}}]}'
                          when 100 then '{"statements": [{"vulnerability": {"name": "CVE-2"}, "status": "under_investigation"}]}'
                          else '{"vulnerabilities": [{"id": "CVE-3", "analysis": {"state": "not_affected"}}]}' end::jsonb
        from generate_series(1, 5000) as n`);
    await database.query(`analyze ${PARENT}`);
  });
  afterAll(() => database.drop());

  test.each([
    {
      name: 'the latest BOM of a payload',
      query: `select build_id from ${PARENT} where payload_digest = 'digest:7' order by inserted_at desc limit 1`,
      index: 'payload_digest_inserted_at_idx',
      rows: [{ build_id: 'build-4507' }],
    },
    {
      name: 'the latest BOM with this content',
      query: `select build_id from ${PARENT} where canonical_bom_sha256 = 'sha256:7' order by inserted_at desc limit 1`,
      index: 'canonical_bom_sha256_inserted_at_idx',
      rows: [{ build_id: 'build-4507' }],
    },
    {
      name: 'BOMs with a component',
      query: `select count(*)::int from ${PARENT} where canonical_bom @> '{"components": [{"purl": "pkg:npm/part-3@42"}]}'`,
      index: 'canonical_bom_idx',
      rows: [{ count: 50 }],
    },
    {
      name: 'BOMs with a component, as a JSON path',
      query: `select count(*)::int from ${PARENT} where canonical_bom @? '$.components[*] ? (@.purl == "pkg:npm/part-3@42")'`,
      index: 'canonical_bom_idx',
      rows: [{ count: 50 }],
    },
    {
      name: 'artifacts with pending triage',
      query: `select payload_digest from ${PARENT} where ${PENDING} order by inserted_at desc limit 2`,
      index: 'inserted_at_payload_digest_idx',
      rows: [{ payload_digest: 'digest:0' }, { payload_digest: 'digest:400' }],
    },
  ])('of $name reads its index', async ({ query, index, rows }) => {
    expect(await database.query(query)).toEqual(rows);
    const plan = JSON.stringify(await database.query(`explain (format json) ${query}`));
    const [, partition] = plan.match(`"Index Name":"(artifact_boms_\\d{4}_\\d{2})_${index}"`) ?? [];
    expect(partition, plan).toBeDefined();
    // The empty partition of the next month may well be read from end to end.
    expect(plan).not.toMatch(new RegExp(`"Seq Scan"[^{}]*"Relation Name":"${partition}"`));
  });

  test('of a purl finds no document that has it elsewhere', async () => {
    await database.query(`insert into ${PARENT} (build_id, canonical_bom_sha256, payload_digest, canonical_bom)
      values ('other', 's', 'd', '{"metadata": {"component": {"purl": "pkg:npm/elsewhere@1"}}}')`);
    const query = `select from ${PARENT} where canonical_bom @> '{"components": [{"purl": "pkg:npm/elsewhere@1"}]}'`;
    expect(await database.query(query)).toHaveLength(0);
  });
});
