import { firstOfMonth } from '../jobs/jobs.ts';
import { insertRow } from '../jobs/partitions.ts';
import type { Database } from '../postgres/database.ts';
import { KEPT, type Scenario } from './scenarios.ts';
import { LIVE } from './snapshot.ts';

export type Written = {
  /** Rows that the server said were stored. */
  readonly acknowledged: number;
  /** Whether the connection was lost while one may have been on its way. */
  readonly isLost: boolean;
  /** What the server refused. */
  readonly refusals: readonly string[];
};

/** Somebody who inserts rows of this month, and of an older one, until told to stop or cut off. */
export type Writer = { stop(): Promise<Written> };

const PAUSE_MS = 10;

/** `name` tells the rows of one writer of a database from those of another. */
export function startWriter(database: Database, name: string, { oldestWritten = -KEPT }: Scenario): Writer {
  let isStopped = false;
  const months = [firstOfMonth(0), firstOfMonth(oldestWritten)];
  const writing = database.connect(async (client) => {
    const refusals: string[] = [];
    let isLost = false;
    let acknowledged = 0;
    client.on('error', () => {
      isLost = true;
    });
    for (let row = 0; !isStopped && !isLost; row += 1) {
      try {
        await insertRow(client, `${months[row % months.length]} 01:00+00`, `${LIVE} ${name} ${row}`);
        acknowledged += 1;
      } catch (error) {
        if (isRefusal(error)) refusals.push(error.message);
        else isLost = true;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return { acknowledged, isLost, refusals };
  });
  return {
    stop: () => {
      isStopped = true;
      return writing;
    },
  };
}

/** An error of the statement: one of class 57P says that the server goes down, and one without a code that the connection is gone. */
function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return false;
  return !String(error.code).startsWith('57P');
}
