import type pg from 'pg';
import { PARENT } from '../jobs/partitions.ts';
import { OWNER } from '../jobs/scanner.ts';
import type { Place } from '../postgres/database.ts';
import { type Month, monthOf } from './calendar.ts';
import { createLastingClient } from './lasting-client.ts';

/** The one who fills the table: each row is written until it is acknowledged, and never twice. */
export type Writer = {
  /**
   * Writes a row of now, by the server's clock, or of an instant as PostgreSQL writes it; gives the month it belongs to.
   * @throws pg's DatabaseError if the server refuses it.
   */
  insert(instant?: string): Promise<Month>;
  /** Longest insert so far, in milliseconds; reconnecting not counted. */
  worstMs(): number;
  end(): Promise<void>;
};

const INSERT = `insert into ${PARENT} (build_id, canonical_bom_sha256, payload_digest, inserted_at)
  values ($1, 'sha256', 'digest', coalesce($2::timestamptz, now())) returning extract(epoch from inserted_at) as at`;
const FIND = `select extract(epoch from inserted_at) as at from ${PARENT} where build_id = $1`;

async function monthOfRow(client: pg.Client, text: string, values: unknown[]): Promise<Month | undefined> {
  const { rows } = await client.query<{ at: string }>(text, values);
  return rows[0] && monthOf(Number(rows[0].at) * 1_000);
}

export function createWriter(place: Place, database: string): Writer {
  const { lastingly, end } = createLastingClient(place, database, OWNER);
  let count = 0;
  let worst = 0;
  return {
    async insert(instant) {
      count += 1;
      const id = `row ${count}`;
      return lastingly(async (client, isRepeated) => {
        // Where the answer to the first try was lost, the row may be there.
        const stored = isRepeated ? await monthOfRow(client, FIND, [id]) : undefined;
        if (stored !== undefined) return stored;
        const started = performance.now();
        const month = await monthOfRow(client, INSERT, [id, instant ?? null]);
        worst = Math.max(worst, performance.now() - started);
        if (month === undefined) throw new Error(`the insert of ${id} gave no row`);
        return month;
      });
    },
    worstMs: () => worst,
    end,
  };
}
