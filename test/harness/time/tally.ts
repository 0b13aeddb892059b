/** How often each thing happened, told by its name. */
export type Tally = {
  add(name: string, count?: number): void;
  count(name: string): number;
  /** `name: count`, in the order of the names. */
  lines(): string[];
};

export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    add: (name, count = 1) => void counts.set(name, (counts.get(name) ?? 0) + count),
    count: (name) => counts.get(name) ?? 0,
    lines: () => [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name}: ${count}`),
  };
}
