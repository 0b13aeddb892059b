import { createRandom } from '../time/random.ts';

/** Repeats what a run chose: each run prints its own. `vitest.config.ts` sets it for all workers. */
const SEED = Number(process.env['HOTLOOKUP_SEED']);
/** What `npm run test:long` sets: everything is tried. */
const IS_WHOLE = process.env['HOTLOOKUP_SAMPLE'] === 'all';

/** What a sweep has to try. */
export type Sweep = {
  /** Names the sweep, so that two of them choose on their own. */
  readonly name: string;
  /** One of so many is tried. */
  readonly oneOf: number;
  /** So many there must be to choose from, or the sweep proves nothing. */
  readonly atLeast: number;
};

/** Some of the points of a sweep, in their order, spread over all of them: one of each so many neighbours. */
export function sampled<Item>(items: readonly Item[], { name, oneOf, atLeast }: Sweep): Item[] {
  if (items.length < atLeast) throw new Error(`${name}: ${items.length} points were found, fewer than ${atLeast}`);
  if (IS_WHOLE) return [...items];
  if (!Number.isSafeInteger(SEED)) throw new Error('HOTLOOKUP_SEED is not a whole number');
  const random = createRandom(SEED ^ hashOf(name));
  return Array.from({ length: Math.ceil(items.length / oneOf) }, (_, index) => {
    const first = index * oneOf;
    return items.slice(first, first + oneOf)[random.whole(0, Math.min(oneOf, items.length - first) - 1)];
  }).filter((item) => item !== undefined);
}

/** Differs where names differ. */
const hashOf = (text: string): number =>
  [...text].reduce((hash, character) => (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0, 7);
