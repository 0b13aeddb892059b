import { connect, createServer, type Socket } from 'node:net';
import { createFramer, type Frame, queryFrame, sqlOf } from './frames.ts';
import { firstStatements, type Point, textOf } from './points.ts';

/** A TCP proxy that brings a run to a stop at one point, and holds it there. */
export type FaultProxy = {
  readonly port: number;
  /** The SQL of every message that came from the client, those of failed attempts too. */
  readonly messages: readonly string[];
  /** Resolves when the run is held at the point; never without one. */
  readonly held: Promise<void>;
  /** Cuts the connection on both sides. */
  cut(): void;
  close(): Promise<void>;
};

type Line = { readonly client: Socket; readonly server: Socket };

/** Watches the messages of all connections for the point; says what is to reach the server, or that it is held. */
function createWatch(point: Point | undefined) {
  const messages: string[] = [];
  let left = point?.occurrence ?? 0;
  return {
    messages,
    /** Undefined: nothing is to reach the server. `isLast`: its answer is to be kept back. */
    pass(frame: Frame): { readonly bytes: Buffer; readonly isLast: boolean } | undefined {
      if (frame.type !== 'Q') return { bytes: frame.bytes, isLast: false };
      const sql = sqlOf(frame);
      messages.push(sql);
      if (!point || textOf(sql) !== point.text) return { bytes: frame.bytes, isLast: false };
      left -= 1;
      if (left !== 0) return { bytes: frame.bytes, isLast: false };
      if (point.statements === 0) return undefined;
      return { bytes: queryFrame(firstStatements(sql, point.statements)), isLast: true };
    },
    /** The server refused what was the point's message: the next of that text is the one. */
    again() {
      left = 1;
    },
  };
}

type Watch = ReturnType<typeof createWatch>;

function plug({ client, server }: Line, watch: Watch, onHeld: () => void): void {
  let kept: Frame[] | undefined;
  const fromClient = createFramer('client');
  const fromServer = createFramer('server');
  client.on('data', (chunk: Buffer) => {
    for (const frame of fromClient(chunk)) {
      const passed = watch.pass(frame);
      if (!passed) return onHeld();
      if (passed.isLast) kept = [];
      server.write(passed.bytes);
    }
  });
  server.on('data', (chunk: Buffer) => {
    if (!kept) return client.write(chunk);
    kept.push(...fromServer(chunk));
    if (kept.at(-1)?.type !== 'Z') return undefined;
    if (!kept.some(({ type }) => type === 'E')) return onHeld();
    client.write(Buffer.concat(kept.map(({ bytes }) => bytes)));
    kept = undefined;
    return watch.again();
  });
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const)
    one.on('close', () => other.destroy()).on('error', () => other.destroy());
}

/** A proxy in front of the server at `target` on 127.0.0.1. */
export async function createFaultProxy(target: number, point?: Point): Promise<FaultProxy> {
  const lines = new Set<Line>();
  const watch = createWatch(point);
  let onHeld: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    onHeld = resolve;
  });
  const proxy = createServer({ noDelay: true }, (client) => {
    const line = { client, server: connect({ port: target, host: '127.0.0.1', noDelay: true }) };
    lines.add(line);
    plug(line, watch, onHeld);
  });
  await new Promise<void>((resolve, reject) => proxy.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const cut = () => {
    for (const { client, server } of lines) for (const socket of [client, server]) socket.destroy();
  };
  return {
    port: address.port,
    messages: watch.messages,
    held,
    cut,
    close: async () => {
      cut();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
