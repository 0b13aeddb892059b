import { connect, createServer, type Socket } from 'node:net';

export type Proxy = {
  readonly port: number;
  /** Connections made so far. */
  readonly connections: () => number;
  close(): Promise<void>;
};

export type ProxyOptions = {
  /** Port of the server behind, on 127.0.0.1. */
  readonly target: number;
  /** Cuts both sides as soon as a chunk from the client contains this text; the chunk itself is passed on, or not. */
  readonly cutAt?: { readonly text: string; readonly deliver: boolean };
  /** Cuts both sides before passing on the n-th chunk (counted from 1) of the client. */
  readonly cutBefore?: number;
  /** Called before each chunk of a client is passed on, with its number on its connection; true cuts both sides instead. */
  readonly before?: (chunk: number) => boolean;
};

function plug(client: Socket, { target, cutAt, cutBefore, before }: ProxyOptions): void {
  const server = connect(target, '127.0.0.1');
  const cut = () => {
    client.destroy();
    server.destroy();
  };
  let chunks = 0;
  // pg sends one protocol message as one small chunk.
  client.on('data', (chunk) => {
    chunks += 1;
    if (chunks === cutBefore || before?.(chunks)) return cut();
    if (!cutAt || !chunk.includes(cutAt.text)) return server.write(chunk);
    if (!cutAt.deliver) return cut();
    client.destroy();
    return server.end(chunk);
  });
  server.on('data', (chunk) => client.write(chunk));
  for (const socket of [client, server])
    socket.on('close', () => (socket === server ? client.destroy() : server.end())).on('error', cut);
}

/** A TCP proxy that cuts a connection at a chosen place. */
export async function createProxy(options: ProxyOptions): Promise<Proxy> {
  const clients = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    clients.add(client);
    client.on('close', () => clients.delete(client));
    plug(client, options);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    connections: () => connections,
    close: async () => {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
