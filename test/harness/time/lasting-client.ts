import pg from 'pg';
import { sqlState } from '../../../src/runtime/connection/server-error.ts';
import type { Place } from '../postgres/database.ts';
import { becomePlain } from '../postgres/hostile-role.ts';

/** A connection that is made again whenever the server has gone away. */
export type LastingClient = {
  connected(): Promise<pg.Client>;
  /** Runs `use` again, from its start, for as long as the server goes away in it; `isRepeated` from the second time on. */
  lastingly<Result>(use: (client: pg.Client, isRepeated: boolean) => Promise<Result>): Promise<Result>;
  end(): Promise<void>;
};

/** The server went away or is not back yet. */
const GOES_AWAY = /^(57P0[123]|08...)$/;
const LONGEST_ABSENCE_MS = 60_000;

export function createLastingClient(place: Place, database: string, user: string): LastingClient {
  let client: pg.Client | undefined;

  async function connect(): Promise<pg.Client> {
    const next = new pg.Client({ host: place.sockets, port: place.port, user, database });
    next.on('error', () => {
      if (client === next) client = undefined;
    });
    await next.connect();
    await becomePlain(next);
    // Months are UTC's, whatever a session thinks.
    await next.query(`set timezone = 'Pacific/Kiritimati'`);
    return next;
  }

  async function connected(): Promise<pg.Client> {
    for (const deadline = Date.now() + LONGEST_ABSENCE_MS; client === undefined; ) {
      try {
        client = await connect();
      } catch (error) {
        if (Date.now() > deadline || !isAway(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    return client;
  }

  return {
    connected,
    async lastingly(use) {
      for (let isRepeated = false; ; isRepeated = true) {
        const current = await connected();
        try {
          return await use(current, isRepeated);
        } catch (error) {
          if (!isAway(error)) throw error;
          if (client === current) client = undefined;
        }
      }
    },
    end: async () => client?.end(),
  };
}

function isAway(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return GOES_AWAY.test(state);
  if (!(error instanceof Error)) return false;
  return 'code' in error || /^(Connection terminated|Client has encountered a connection error)/.test(error.message);
}
