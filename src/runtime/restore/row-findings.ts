import { identifier, plainName, type QualifiedName } from '../shared/sql.ts';
import { count } from '../shared/words.ts';
import { type Finding, refused } from './finding.ts';
import type { Rows } from './rows.ts';
import { spellSpanOf, type Target } from './target.ts';

/** Rows that the bounds do not admit. Their days are told, nothing else of them. */
export function rowFindings({ nulls, outside, first, last }: Rows, key: string, target: Target): Finding[] {
  return [
    ...(outside > 0
      ? [
          refused(
            `${count(outside, 'row')} of it lie outside ${spellSpanOf(target)}, from ${first} to ${last}`,
            `Name the month that it holds, or move those rows out of ${plainName(target.current)}.`,
          ),
        ]
      : []),
    ...(nulls > 0
      ? [
          refused(
            `${count(nulls, 'row')} of it have no ${key}`,
            `Complete them, or move them out of ${plainName(target.current)}: ${identifier(key)} IS NULL.`,
          ),
        ]
      : []),
  ];
}

/** Rows of these months in the DEFAULT partition make ATTACH fail. */
export function fallbackFindings(fallback: QualifiedName, rows: number, target: Target): Finding[] {
  if (rows === 0) return [];
  return [
    refused(
      `the DEFAULT partition ${plainName(fallback)} has ${count(rows, 'row')} of ${spellSpanOf(target)}`,
      `Move them to ${plainName(target.current)} first, in one transaction.`,
    ),
  ];
}
