/** One line of the benchmark's table; times in milliseconds. */
export type Result = {
  readonly what: string;
  readonly measured: number;
  readonly allowed: number;
  /** How `allowed` comes about. */
  readonly target: string;
};

export type Skipped = { readonly what: string; readonly skipped: string };

export const isMet = (result: Result): boolean => result.measured <= result.allowed;

const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;

/** A Markdown table, as the README shows it. */
export function table(results: readonly (Result | Skipped)[]): string {
  const rows = results.map((result) =>
    'skipped' in result
      ? [result.what, 'skipped', result.skipped, '']
      : [
          result.what,
          milliseconds(result.measured),
          `${milliseconds(result.allowed)} (${result.target})`,
          isMet(result) ? 'met' : 'missed',
        ],
  );
  const lines = [['What', 'Median', 'Allowed', ''], ['---', '---:', '---', '---'], ...rows];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}
