import { expect, test } from 'vitest';
import { AppError, EXIT } from '../../../../src/errors.ts';
import { classifyFailure } from '../../../../src/runtime/connection/verdict.ts';
import { completeTarget } from '../../../../src/runtime/dsn/environment.ts';
import { parseDsn } from '../../../../src/runtime/dsn/parse.ts';

const target = completeTarget(parseDsn('Host=h;Username=u;Database=d'), { environment: {}, userName: () => undefined });
const attempt = { endpoint: target.endpoints[0], target };
const fromServer = (code: string, message = 'said') => Object.assign(new Error(message), { code, severity: 'FATAL' });

test.each([
  ['57P03', 'the database system is starting up'],
  ['57P01', 'terminating connection'],
  ['53300', 'too many connections'],
  ['08P01', 'server login has been failing, try again later (server_login_retry)'],
  ['XX000', 'could not fork'],
])('%s (%s) may pass', (code, message) => {
  expect(classifyFailure(fromServer(code, message), attempt)).toMatchObject({ again: true, reason: message });
});

test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH'])(
  '%s may pass',
  (code) => {
    expect(classifyFailure(Object.assign(new Error('socket'), { code }), attempt)).toMatchObject({ again: true });
  },
);

test('a unit without network ends the trying of this endpoint and names the unit, not an address', () => {
  const error = Object.assign(new Error('connect EAFNOSUPPORT 127.0.0.1:5432 - Local (undefined:undefined)'), {
    code: 'EAFNOSUPPORT',
  });
  expect(classifyFailure(error, attempt)).toMatchObject({
    again: false,
    reason: expect.not.stringContaining('undefined'),
    advice: expect.stringContaining('the unit that runs the job'),
  });
});

test.each([
  ['28P01', EXIT.missing],
  ['28000', EXIT.missing],
  ['3D000', EXIT.missing],
  ['42501', EXIT.missing],
  ['22023', EXIT.configuration],
  ['42704', EXIT.configuration],
])('%s ends all trying with exit code %i', (code, exitCode) => {
  const verdict = classifyFailure(fromServer(code), attempt);
  expect(verdict).toBeInstanceOf(AppError);
  expect(verdict).toMatchObject({ exitCode, message: 'cannot log in at h:5432 as user u, database d: said' });
});

test('an authentication method that the driver does not know is told', () => {
  const verdict = classifyFailure(new Error('Unknown authenticationOk message type 7'), attempt);
  expect(verdict).toMatchObject({ exitCode: EXIT.missing, advice: expect.stringContaining('pg_hba.conf') });
});

test('a defect is passed on', () => {
  expect(() => classifyFailure(new TypeError('defect'), attempt)).toThrow(TypeError);
});
