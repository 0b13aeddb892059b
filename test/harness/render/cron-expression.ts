import fc from 'fast-check';

const DAYS = ['sun', 'MON', 'tue', 'Wed', 'thu', 'fri', 'sat'];
const MONTHS = ['jan', 'FEB', 'mar', 'apr', 'May', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Texts of one field: `*`, `*\/n`, values, names, ranges with and without steps, and lists of them. */
function field(min: number, max: number, names: readonly string[] = []): fc.Arbitrary<string> {
  const value = fc.integer({ min, max });
  const written = value.chain((number) => fc.constantFrom(String(number), names[number - min] ?? String(number)));
  const step = fc.option(fc.integer({ min: 1, max }), { nil: undefined });
  const range = fc
    .tuple(value, value, step)
    .map(([a, b, by]) => `${Math.min(a, b)}-${Math.max(a, b)}${by === undefined ? '' : `/${by}`}`);
  const item = fc.oneof({ weight: 3, arbitrary: written }, range);
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant('*') },
    fc.integer({ min: 1, max }).map((by) => `*/${by}`),
    { weight: 3, arbitrary: fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => items.join(',')) },
  );
}

/** Valid cron expressions of all forms; day of month stays below 29, so that every one of them has dates. */
export const cronExpression: fc.Arbitrary<string> = fc
  .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12, MONTHS), field(0, 7, DAYS), fc.boolean())
  .map(([minute, hour, day, month, weekday, byWeek]) =>
    [minute, hour, byWeek ? '*' : day, month, byWeek ? weekday : '*'].join(' '),
  );
