/** Counts the changes that a reader of `--json` must know about. A document without it is of version 1. */
const JSON_FORMAT_VERSION = 1;

/** What `--json` prints: one document, the version of its format first. */
export function jsonDocument(fields: object): string {
  return `${JSON.stringify({ formatVersion: JSON_FORMAT_VERSION, ...fields }, undefined, 2)}\n`;
}
