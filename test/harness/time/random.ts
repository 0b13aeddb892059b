/** Numbers that are the same for the same seed, on every machine. */
export type Random = {
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  /** True so many times of a hundred. */
  percent(chance: number): boolean;
  /** One of the values, each as often as its weight says. */
  weighted<Value extends string>(weights: Readonly<Record<Value, number>>): Value;
};

/** Mulberry32, which needs 32 bits of state and is even enough to choose events by. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function createRandom(seed: number): Random {
  const next = mulberry32(seed);
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    whole,
    percent: (chance) => next() * 100 < chance,
    weighted<Value extends string>(weights: Readonly<Record<Value, number>>): Value {
      const entries = Object.entries(weights) as Array<[Value, number]>;
      let left = whole(
        1,
        entries.reduce((sum, [, weight]) => sum + weight, 0),
      );
      for (const [value, weight] of entries) {
        left -= weight;
        if (left <= 0) return value;
      }
      throw new Error('no value has a weight');
    },
  };
}
