import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { type Login, startSession } from '../../../../src/runtime/connection/session.ts';

test('a stream does not stay open where a login cannot even begin', async () => {
  const stream = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  const login = { target: undefined } as unknown as Login;
  await expect(startSession({ stream, secure: false }, login)).rejects.toThrow(TypeError);
  expect(stream.destroyed).toBe(true);
});
