import { createHash } from 'node:crypto';

/**
 * The advisory lock of one job of one partition set: a signed 64-bit number, in decimal. Every host computes the same one,
 * and two sets or jobs do not share one, so that ensure never waits for retention.
 */
export function lockKey(set: string, job: 'ensure' | 'retention'): string {
  return createHash('sha256').update(`hotlookup:${set}:${job}`).digest().readBigInt64BE(0).toString();
}
