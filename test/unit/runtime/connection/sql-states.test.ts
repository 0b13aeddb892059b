import { expect, test } from 'vitest';
import { AppError } from '../../../../src/errors.ts';
import { explain, isContention } from '../../../../src/runtime/connection/server-error.ts';

const serverError = (code: string, message = 'said', more: object = {}) =>
  Object.assign(new Error(message), { severity: 'ERROR', code, ...more });

/** Exit codes that the unit of ensure does not try again. */
const FINAL = [2, 3, 5, 7];

test.each([
  ['53100', 4],
  ['53200', 4],
  ['53300', 4],
  ['53400', 4],
  ['57014', 8],
  ['57P01', 4],
  ['57P05', 4],
  ['58030', 4],
  ['08006', 4],
  ['25006', 4],
  ['40001', 8],
  ['40P01', 8],
  ['55P03', 8],
])('%s passes by itself: exit %i, which is tried again', (code, exitCode) => {
  expect(explain(serverError(code), 'the call')).toMatchObject({ exitCode });
  expect(FINAL).not.toContain(exitCode);
});

test.each([
  ['42501', 5],
  ['42P01', 7],
  ['2BP01', 7],
  ['P0001', 7],
  ['XX001', 7],
  ['XX000', 7],
])('%s needs a person: exit %i', (code, exitCode) => {
  expect(explain(serverError(code), 'the call')).toMatchObject({ exitCode });
});

test('two sessions that change the same entry of the catalog are in each other’s way', () => {
  const error = serverError('XX000', 'tuple concurrently updated');
  expect(isContention(error)).toBe(true);
  expect(isContention(serverError('XX000', 'cache lookup failed'))).toBe(false);
  expect(explain(error, 'the call')).toMatchObject({ exitCode: 8 });
});

test('DETAIL and HINT of the server reach the reader', () => {
  const error = explain(
    serverError('2BP01', 'cannot drop', { detail: 'view v depends', hint: 'Use CASCADE' }),
    'the drop',
  );
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({
    message: 'the drop failed: cannot drop (SQLSTATE 2BP01)\nDETAIL: view v depends\nHINT: Use CASCADE',
  });
});
