import type { Output } from './host.ts';
import { printable } from './words.ts';

/** syslog(3) priorities, as sd-daemon(3) has them at the start of a line. */
export const PRIORITY = { error: 3, warning: 4, notice: 5, info: 6 } as const;
export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY];

/** A line for a stream: with its priority for the journal, and never more than one line. */
export function forStream({ isJournal }: Pick<Output, 'isJournal'>, priority: Priority, text: string): string {
  return `${isJournal ? `<${priority}>` : ''}${printable(text)}\n`;
}
