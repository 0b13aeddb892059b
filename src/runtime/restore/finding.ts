import { EXIT } from '../../errors.ts';

/** What keeps a table from becoming a partition, and what mends that. */
export type Finding = { readonly what: string; readonly fix: string; readonly exitCode: 5 | 7 };

export const refused = (what: string, fix: string): Finding => ({ what, fix, exitCode: EXIT.refused });
export const missing = (what: string, fix: string): Finding => ({ what, fix, exitCode: EXIT.missing });
