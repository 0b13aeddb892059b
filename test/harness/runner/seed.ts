/** Sets the seed of a run, if the environment has none; workers inherit it. */
export function chooseSeed(): void {
  const seed = process.env['HOTLOOKUP_SEED'] ?? String(Math.floor(Math.random() * 2 ** 31));
  if (!/^\d{1,10}$/.test(seed)) throw new Error(`HOTLOOKUP_SEED must be a whole number, not ${JSON.stringify(seed)}`);
  process.env['HOTLOOKUP_SEED'] = seed;
}
