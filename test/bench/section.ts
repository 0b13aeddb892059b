type Column = { readonly title: string; readonly align?: 'right' };

/** One table of what the bench prints, with what belongs to it. */
export type Section = {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: ReadonlyArray<readonly string[]>;
  /** Sentences below the table. */
  readonly notes: readonly string[];
  /** The targets that were missed, each in words. */
  readonly missed: readonly string[];
  /** What --out writes; times in milliseconds. */
  readonly figures: unknown;
};

/** Markdown, for test/bench/README.md. */
export function markdown({ title, columns, rows, notes }: Section): string {
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : '---'));
  const lines = [columns.map((column) => column.title), rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [`## ${title}`, lines.join('\n'), ...notes].map((part) => `${part}\n`).join('\n');
}

const UNKNOWN = 'unknown';

/** `12.3 ms`, `5,032 ms`. */
export function milliseconds(value: number): string {
  if (Number.isNaN(value)) return UNKNOWN;
  const digits = value < 100 ? 1 : 0;
  return `${value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ms`;
}

/** `1.6 ×`, `194 ×`. */
export function times(value: number): string {
  return Number.isNaN(value) ? UNKNOWN : `${value.toFixed(value < 10 ? 1 : 0)} ×`;
}
