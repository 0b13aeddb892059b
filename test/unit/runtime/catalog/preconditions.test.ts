import { expect, test } from 'vitest';
import { callSql, requireFunction, requireTable } from '../../../../src/runtime/catalog/preconditions.ts';
import { catalog } from '../partitions.ts';

const routine = { schema: 'S', name: `f"n` };
const overload = { kind: 'f', arguments: 'integer', executable: true };

test('the grants that are missing are spelled out, quoted', () => {
  const found = catalog('2026-11-23', [], {
    user: 'ro le',
    routineSchema: { usable: false, overloads: [{ ...overload, executable: false }] },
  });
  expect(() => requireFunction(found, routine, 'integer')).toThrow(
    expect.objectContaining({
      exitCode: 5,
      advice:
        'As its owner, run: GRANT USAGE ON SCHEMA "S" TO "ro le"; GRANT EXECUTE ON ROUTINE "S"."f""n"(integer) TO "ro le";',
    }),
  );
});

test.each([
  ['no schema', null, /does not exist$/],
  [
    'another argument type',
    { usable: true, overloads: [{ ...overload, arguments: 'bigint' }] },
    /does not exist; found: S\.f"n\(bigint\)$/,
  ],
])('%s is exit 5', (_, routineSchema, message) => {
  expect(() => requireFunction(catalog('2026-11-23', [], { routineSchema }), routine, 'integer')).toThrow(
    expect.objectContaining({ exitCode: 5, message: expect.stringMatching(message) }),
  );
});

test.each([
  [{ kind: 'v', strategy: null, keys: null, keyType: null, fits: false }, 'is a view, not a partitioned table'],
  [{ kind: 'p', strategy: 'h', keys: 1, keyType: 'text', fits: false }, 'is partitioned by hash, not by range'],
])('%j is exit 7', (parent, message) => {
  expect(() => requireTable(catalog('2026-11-23', [], { parent }), routine)).toThrow(
    expect.objectContaining({ exitCode: 7, message: `S.f"n ${message}` }),
  );
});

test('functions are selected, procedures are called', () => {
  expect(callSql(routine, overload, ['1', 'true'])).toBe('SELECT "S"."f""n"(1, true)');
  expect(callSql(routine, { ...overload, kind: 'p' }, ['1'])).toBe('CALL "S"."f""n"(1)');
});
