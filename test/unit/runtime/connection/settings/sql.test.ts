import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Connection } from '../../../../../src/runtime/connection/connection.ts';
import { keepSessionSql, pinStatements, sessionPinSql } from '../../../../../src/runtime/connection/settings/sql.ts';

const LIMITS = { lockTimeoutMs: 50, statementMs: 30_000 };
const connection = { server: { processId: 42 } } as Connection;
const EVERY = [...pinStatements(LIMITS, true), ...sessionPinSql(LIMITS).split(';\n'), keepSessionSql(connection)];

const withoutStrings = (sql: string) => sql.replace(/'[^']*'/g, "''");

test('no name in them depends on search_path', () => {
  const calls = EVERY.flatMap((sql) => [...withoutStrings(sql).matchAll(/([\w.]+)\s*\(/g)].map(([, name]) => name));
  expect(calls.filter((name) => !/^pg_catalog\.\w+$|^(?:OPERATOR|ARRAY)$/.test(name ?? ''))).toEqual([]);
  const others = EVERY.map((sql) =>
    withoutStrings(sql)
      .replace(/OPERATOR\(pg_catalog\.\S+\)/g, '')
      .replace(/^SET (?:LOCAL )?\w+ = /, ''),
  );
  expect(others.filter((sql) => /[<>=~!@#%^&|`?+*/-]|::|\b(?:LIKE|IN|BETWEEN|DISTINCT)\b/.test(sql))).toEqual([]);
  expect(others.filter((sql) => /\bFROM (?!pg_catalog\.)|\bJOIN\b/.test(sql))).toEqual([]);
});

test('no string in them depends on standard_conforming_strings', () => {
  expect(EVERY.filter((sql) => sql.includes('\\'))).toEqual([]);
});

test('a transaction sets nothing for the session', () => {
  expect(pinStatements(LIMITS, true).filter((sql) => /, false\)|^SET (?!LOCAL )/.test(sql))).toEqual([]);
});

const valueIn = (sql: string | undefined, name: string) =>
  new RegExp(`set_config\\('${name}', '([^']*)', (?:true|false)\\)`).exec(sql ?? '')?.[1];

test('what is left of a budget is never no limit, nor more than PostgreSQL takes', () => {
  const anyTime = fc.oneof(fc.double({ min: -1e6, noNaN: true }), fc.constantFrom(0, Number.POSITIVE_INFINITY));
  fc.assert(
    fc.property(anyTime, (limit) => {
      for (const sql of [
        pinStatements({ lockTimeoutMs: limit, statementMs: limit }, false)[2],
        sessionPinSql({ lockTimeoutMs: limit, statementMs: limit }),
      ])
        for (const name of ['lock_timeout', 'statement_timeout']) {
          expect(valueIn(sql, name)).toMatch(/^[1-9]\d*$/);
          expect(Number(valueIn(sql, name))).toBeLessThan(2 ** 31);
        }
    }),
  );
});

test('without a limit in PG_DSN no role ends a statement, not even the first', () => {
  const [, first, all] = pinStatements({ ...LIMITS, statementMs: undefined }, false);
  expect(first).toBe('SET LOCAL statement_timeout = 0');
  expect(valueIn(all, 'statement_timeout')).toBe('0');
});

test('hidden rows are an error only where rows are counted', () => {
  expect(valueIn(pinStatements(LIMITS, false)[2], 'row_security')).toBeUndefined();
  expect(valueIn(pinStatements(LIMITS, true)[2], 'row_security')).toBe('off');
});
