import { expect, test } from 'vitest';
import { type Month, monthOf, startOfMonth } from '../../../harness/time/calendar.ts';
import { DAY_MS } from '../../../harness/time/episodes.ts';
import {
  acknowledge,
  compareWith,
  type Expectation,
  type Ledger,
  type ObservedTable,
  uncovered,
} from '../../../harness/time/ledger.ts';

const NOW = Date.UTC(2021, 5, 20);
const MONTH = monthOf(Date.UTC(2021, 5));
const expected: Expectation = { now: NOW, keepMonths: 2, graceDays: 10, isTidy: false };

const attached = (month: Month, rows = 1): ObservedTable => ({
  name: `p${month}`,
  place: 'attached',
  isMarked: false,
  from: startOfMonth(month),
  to: startOfMonth(month + 1),
  rows: new Map(rows === 0 ? [] : [[month, rows]]),
});
const detached = (month: Month, rest: Partial<ObservedTable> = {}): ObservedTable => ({
  ...attached(month),
  place: 'detached',
  isMarked: true,
  from: Number.NaN,
  to: Number.NaN,
  ...rest,
});

/** One row in each of these months. */
const ledgerOf = (...months: Month[]): Ledger => months.reduce<Ledger>(acknowledge, new Map());
const look = (ledger: Ledger, tables: readonly ObservedTable[], rest: Partial<Expectation> = {}) => {
  const seen = tables.filter(({ place }) => place === 'attached').flatMap(({ rows }) => [...rows.values()]);
  return compareWith(ledger, { tables, visible: seen.reduce((sum, rows) => sum + rows, 0) }, { ...expected, ...rest });
};

test('rows where they belong are no fault', () => {
  expect(look(ledgerOf(MONTH - 2, MONTH), [attached(MONTH - 2), attached(MONTH)], { isTidy: true }).faults).toEqual([]);
});

test.each<[string, readonly ObservedTable[], Partial<Expectation>, RegExp]>([
  ['lost in the window', [attached(MONTH - 3)], {}, /^1 rows of 2021-06 are lost: it is within the window$/],
  ['one too few', [attached(MONTH - 3), attached(MONTH, 2)], {}, /^2021-06 has 2 of 1 rows/],
  [
    'taken too early',
    [attached(MONTH - 3), detached(MONTH)],
    {},
    /2021-06 was taken out of the table within the window/,
  ],
  ['dropped without grace', [attached(MONTH)], {}, /rows of 2021-03 are lost: its grace is not over/],
  ['kept too long', [attached(MONTH - 3), attached(MONTH)], { isTidy: true }, /is kept beyond the window/],
  ['unmarked', [detached(MONTH - 3, { isMarked: false }), attached(MONTH)], {}, /^nothing tells what the detached/],
  [
    'left pending',
    [detached(MONTH - 3, { place: 'pending' }), attached(MONTH)],
    { isTidy: true },
    /^a successful retention left .* marked and pending$/,
  ],
  ['not a month', [attached(MONTH - 3), { ...attached(MONTH), to: NOW }], {}, /is no month$/],
])('%s is a fault', (_, tables, rest, message) => {
  expect(look(ledgerOf(MONTH - 3, MONTH), tables, rest).faults[0]).toMatch(message);
});

test('a partition is out for its grace, and must be gone when that is over', () => {
  const started = ledgerOf(MONTH - 3, MONTH);
  const held = [detached(MONTH - 3), attached(MONTH)];
  const out = look(started, held);
  expect(out.faults).toEqual([]);
  const later = (days: number) => ({ now: NOW + days * DAY_MS, isTidy: true });
  expect(look(out.ledger, held, later(9)).faults).toEqual([]);
  expect(look(out.ledger, [attached(MONTH)], later(9)).faults).toEqual([expect.stringContaining('grace is not over')]);
  expect(look(out.ledger, held, later(10.5)).faults).toEqual(['2021-03 is kept beyond its grace: detached p24254']);
  const gone = look(out.ledger, [attached(MONTH)], later(10));
  expect(gone.faults).toEqual([]);
  expect(look(gone.ledger, held, later(10)).faults).toEqual(['rows of 2021-03 are back: detached p24254']);
});

test('without grace, a detached partition that a successful run leaves is kept too long', () => {
  const held = [detached(MONTH - 3), attached(MONTH)];
  expect(look(ledgerOf(MONTH - 3, MONTH), held, { graceDays: 0, isTidy: true }).faults).toEqual([
    '2021-03 is kept beyond its grace: detached p24254',
  ]);
});

test('what a person has put back has a grace of its own later', () => {
  const out = look(ledgerOf(MONTH - 3, MONTH), [detached(MONTH - 3), attached(MONTH)]);
  const back = look(out.ledger, [attached(MONTH - 3), attached(MONTH)], { keepMonths: 3 });
  expect(back.faults).toEqual([]);
  const again = look(back.ledger, [detached(MONTH - 3), attached(MONTH)], { now: NOW + 9 * DAY_MS });
  const early = look(again.ledger, [attached(MONTH)], { now: NOW + 12 * DAY_MS });
  expect(early.faults).toEqual([expect.stringContaining('grace is not over')]);
});

test('rows that a reader does not see are a fault', () => {
  const observed = { tables: [attached(MONTH)], visible: 0 };
  expect(compareWith(ledgerOf(MONTH), observed, expected).faults).toEqual(['a reader sees 0 of 1 attached rows']);
});

test('months from the current one on must have a partition', () => {
  expect(uncovered({ tables: [attached(MONTH, 0)], visible: 0 }, NOW, 1)).toEqual([MONTH + 1]);
});
