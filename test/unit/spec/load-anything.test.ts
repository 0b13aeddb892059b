import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { loadOrRefuse } from '../../harness/render/spec-errors.ts';

describe('any text', () => {
  const fragment = fc.constantFrom(
    ...[
      'user',
      'budgets',
      'partitionSets',
      'envFile',
      ': ',
      ':\n',
      '\n',
      '  ',
      '- ',
      '\t',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
    ],
    ...["'", '&a ', '*a', '!t ', '---\n', '...\n', '%YAML 1.1\n', '|', '>', '#', '?', '@', '`', '\\', '\0', '\ud800'],
    ...['/etc/x', '1', 'true', 'null', '~', '<<', '__proto__', 'x'],
  );
  const garbage = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  test('is a spec or an AppError with a line for every error', () => {
    fc.assert(
      fc.property(garbage, (text) => {
        const outcome = loadOrRefuse(text);
        if (outcome instanceof AppError) {
          const [headline, ...lines] = outcome.message.split('\n');
          expect(headline).toBe(`${lines.length === 1 ? '1 error' : `${lines.length} errors`} in s.yaml`);
          for (const line of lines) expect(line).toMatch(/^s\.yaml:[1-9]\d*: .+: found .+; allowed: .+$/u);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('of bytes too', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void loadOrRefuse(bytes)));
  });
});
