import { expect, test } from 'vitest';
import { EXIT_MEANINGS } from '../../../src/errors.ts';
import { monthly } from '../../../src/render/quoting.ts';
import { runbookView } from '../../../src/render/runbook-view.ts';
import { hostView, setView } from '../../../src/render/views.ts';
import { type RawSpec, specSchema } from '../../../src/spec/schema.ts';

function viewOf(raw: RawSpec) {
  const spec = specSchema.parse(raw);
  const host = hostView(spec);
  return runbookView({ ...host, sets: spec.partitionSets.map((set) => setView(host, set)) });
}

const ensureOf = (monthsAhead: number): RawSpec => ({
  partitionSets: [{ name: 'one', table: 'a.b', ensure: { function: 'a.f', monthsAhead }, retention: false }],
});

test('every exit code has its meaning and something to do', () => {
  const { exits } = viewOf({});
  expect(exits.map(({ code, meaning }) => [code, meaning])).toEqual(EXIT_MEANINGS.map((pair) => [...pair]));
  for (const { action } of exits) expect(action).toMatch(/\.$/);
});

test.each([
  [0, 2],
  [1, 2],
  [2, 2],
  [6, 6],
])('with %i months ahead, %i are created in an emergency', (monthsAhead, expected) => {
  expect(viewOf(ensureOf(monthsAhead)).sets[0]?.emergencyMonths).toBe(expected);
});

test.each([
  ['scanner.artifact_boms', 'scanner.artifact_boms_YYYY_MM', 'scanner.artifact_boms_YYYY_MM'],
  ['s.Boms', 's."Boms_YYYY_MM"', 's."Boms_YYYY_MM"'],
  ['s.of_0000_00', 's.of_0000_00_YYYY_MM', 's.of_0000_00_YYYY_MM'],
  ['s.select', 's."select_YYYY_MM"', 's.select_YYYY_MM'],
  ['s.a$b', 's.U&"a\\0024b_YYYY_MM"', 's."a$b_YYYY_MM"'],
])('the partition of %s is %s in SQL and %s in text', (table, sql, text) => {
  const partitionSets = [{ name: 'one', table, ensure: { function: 's.f' }, retention: false as const }];
  expect(monthly(table)).toBe(sql);
  expect(viewOf({ partitionSets }).sets[0]?.partitionText).toBe(text);
});

test("only the Scanner's own set has a partition key that the runbook knows", () => {
  expect(viewOf({}).sets[0]).toMatchObject({ key: 'inserted_at', fromMigration: true });
  expect(viewOf(ensureOf(1)).sets[0]).toMatchObject({ key: 'partition_key', fromMigration: false });
});
