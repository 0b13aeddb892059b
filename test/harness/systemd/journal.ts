import type { Host } from './host.ts';

/** One entry: syslog's priority (3 error, 4 warning, 5 notice, 6 information), who wrote it, and what. */
export type Entry = { readonly priority: number; readonly identifier: string; readonly message: string };
export type Journal = readonly Entry[];

/** Entries that a unit wrote and that systemd wrote about it, oldest first. */
export async function readJournal(succeed: Host['succeed'], unit: string): Promise<Journal> {
  await succeed(['journalctl', '--sync']);
  const lines = await succeed(['journalctl', '--no-pager', '--output=json', `--unit=${unit}`]);
  return lines.split('\n').filter(Boolean).map(entryOf);
}

function entryOf(line: string): Entry {
  const { PRIORITY, SYSLOG_IDENTIFIER, MESSAGE } = JSON.parse(line);
  if (typeof MESSAGE !== 'string') throw new Error(`an entry that is not text: ${line}`);
  return { priority: Number(PRIORITY), identifier: String(SYSLOG_IDENTIFIER), message: MESSAGE };
}
