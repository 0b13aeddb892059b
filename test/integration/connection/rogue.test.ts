import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { refusal } from '../../harness/postgres/sessions.ts';

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** A server that answers the first message of each connection with these bytes, and the DSN to reach it. */
async function rogue(answer: Buffer, rest: string): Promise<string> {
  server = createServer((socket: Socket) => {
    socket.on('error', () => socket.destroy()).once('data', () => socket.write(answer));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `Host=127.0.0.1;Port=${address.port};Username=u;Password=secret;${rest}`;
}

/** An Authentication message that asks for this method (PostgreSQL documentation, 54.7). */
function authentication(method: number): Buffer {
  const message = Buffer.from('R00004444', 'latin1');
  message.writeUInt32BE(8, 1);
  message.writeUInt32BE(method, 5);
  return message;
}

test('bytes that are slipped in behind the answer to the request for TLS end the attempt', async () => {
  const dsn = await rogue(Buffer.concat([Buffer.from('S'), authentication(0)]), 'SSL Mode=Require');
  const error = await refusal(dsn, EXIT.unreachable, { budgetMs: 10_000 });
  expect(error.message).toContain('it does not answer a request for TLS as PostgreSQL does');
});

test('something that is no PostgreSQL is told', async () => {
  const error = await refusal(await rogue(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), ''), EXIT.unreachable);
  expect(error.message).toContain('it does not answer a request for TLS as PostgreSQL does');
});

test('an authentication method that the driver does not know is told', async () => {
  const error = await refusal(await rogue(authentication(7), 'SSL Mode=Disable'), EXIT.missing);
  expect(error.message).toContain('Unknown authentication');
  expect(error.advice).toContain('pg_hba.conf');
});

test('a server that agrees to TLS and does not speak it is told', async () => {
  const dsn = await rogue(Buffer.from('S'), '');
  const error = await refusal(`${dsn};SSL Mode=Require`, EXIT.unreachable, { budgetMs: 300 });
  expect(error.message).toMatch(/no answer within|TLS failed/);
});
