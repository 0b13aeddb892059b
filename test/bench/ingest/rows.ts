import type pg from 'pg';
import { firstOfMonth } from '../../harness/jobs/jobs.ts';
import { PARENT } from '../../harness/jobs/partitions.ts';

/** One of so many inserts comes late: it belongs to an earlier month that is kept. */
const LATE_EVERY = 20;
const LATE_MONTHS = 11;
const COMPONENTS = 10;

const component = (build: number, index: number) => ({
  type: 'library',
  name: `package-${index}`,
  version: `${build % 7}.${index}.0`,
  purl: `pkg:npm/package-${(build + index * 37) % 500}@${build % 7}.${index}.0`,
});

const bom = (build: number) => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: Array.from({ length: COMPONENTS }, (_, index) => component(build, index)),
});

const vex = (build: number) => ({
  vulnerabilities: [{ id: `CVE-2026-${build % 900}`, analysis: { state: build % 3 ? 'resolved' : 'in_triage' } }],
});

/** `offset` months from the current one, noon of the second day; null is this moment. */
const instantOf = (offset: number) => firstOfMonth(offset).replace(/01$/, '02 12:00+00');

const instantOfRow = (row: number): string | null =>
  row % LATE_EVERY === LATE_EVERY - 1 ? instantOf(-1 - (Math.floor(row / LATE_EVERY) % LATE_MONTHS)) : null;

export const LOADED = 'load ';

/** One row as the load sends it: of the current month, now and then of an earlier one. */
export const insertLoad = (client: pg.Client, writer: number, row: number) =>
  client.query(
    `insert into ${PARENT} (build_id, canonical_bom_sha256, payload_digest, inserted_at, canonical_bom, merged_vex)
      values ($1, $2, $3, coalesce($4, now()), $5, $6)`,
    [`${LOADED}${writer}/${row}`, `sha256:${row}`, `sha256:${writer}`, instantOfRow(row), bom(row), vex(row)],
  );

/** Fills one month, in one statement. */
export const fillMonth = (client: pg.Client, offset: number, rows: number) => {
  const builds = Array.from({ length: rows }, (_, index) => index);
  return client.query(
    `insert into ${PARENT} (build_id, canonical_bom_sha256, payload_digest, inserted_at, canonical_bom, merged_vex)
      select 'build ' || number, 'sha256:' || number, 'sha256:' || number, $1, bom, vex
      from unnest($2::int[], $3::jsonb[], $4::jsonb[]) as row (number, bom, vex)`,
    [
      instantOf(offset),
      builds,
      builds.map((build) => JSON.stringify(bom(build))),
      builds.map((build) => JSON.stringify(vex(build))),
    ],
  );
};
