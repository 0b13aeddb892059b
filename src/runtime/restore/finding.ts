/** What keeps a table from becoming a partition, and what mends that. */
export type Finding = { readonly what: string; readonly fix: string; readonly kind: 'missing' | 'refused' };

export const refused = (what: string, fix: string): Finding => ({ what, fix, kind: 'refused' });
export const missing = (what: string, fix: string): Finding => ({ what, fix, kind: 'missing' });
