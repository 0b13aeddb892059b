import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { jsonSchema } from '../../src/spec/reference.ts';

test('the committed JSON Schema is current (fix: npm run docs)', () => {
  const committed = readFileSync(new URL('../../src/spec/hotlookup.schema.json', import.meta.url), 'utf8');
  expect(committed).toBe(jsonSchema());
});
