import { expect, test } from 'vitest';
import { createLockRetry } from '../../../../src/runtime/locking/retry.ts';
import { fakeHost } from '../fake-host.ts';

const contention = (code: string) => Object.assign(new Error('lock not available'), { code, severity: 'ERROR' });

test('a result ends it, and what was in the way is tried again', async () => {
  const { host, slept } = fakeHost();
  const attempts = [contention('55P03'), contention('40P01'), contention('40001'), undefined, { done: true }];
  const result = await createLockRetry(
    host,
    60_000,
    '',
  )(async () => {
    const next = attempts.shift();
    if (next instanceof Error) throw next;
    return next;
  });
  expect(result).toEqual({ done: true });
  expect(slept).toEqual([100, 200, 400, 800]);
});

test('the budget is one for all waits, work does not count, and its end is exit 8', async () => {
  const { host, slept, pass } = fakeHost();
  const retryLocked = createLockRetry(host, 1_000, 'look who');
  await retryLocked(async () => {
    pass(600_000);
    return {};
  });
  const failed = retryLocked(async () => {
    pass(50);
    throw contention('55P03');
  });
  await expect(failed).rejects.toMatchObject({
    exitCode: 8,
    advice: 'look who',
    message: expect.stringContaining('1s'),
  });
  expect(slept).toEqual([100, 200, 400]);
});

test.each([
  ['another SQLSTATE', contention('42501')],
  ['an error of Node with a code of the same form', Object.assign(new Error('x'), { code: '55P03' })],
])('%s is not tried again', async (_, error) => {
  const { host, slept } = fakeHost();
  await expect(createLockRetry(host, 1_000, '')(() => Promise.reject(error))).rejects.toBe(error);
  expect(slept).toEqual([]);
});
