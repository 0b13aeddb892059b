import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import * as functions from '../../../src/render/quoting.ts';

type Quoting = keyof typeof functions;
const quoting = { ...functions };

describe('each language has its form; test/integration/rendered sends hostile values to its interpreter', () => {
  test.each<[Quoting, string, string]>([
    ['shell', '/opt/a-b_c.d', '/opt/a-b_c.d'],
    ['shell', '', "''"],
    ['shell', "it's", `'it'\\''s'`],
    ['cron', '/opt/100%', '/opt/100\\%'],
    ['cron', 'a \\%', `'a \\'\\%''`],
    ['unit', '/a b/100% "$x"', '/a b/100%% "$x"'],
    ['word', '/a b/100% $x', '"/a b/100%% $x"'],
    ['tmpfiles', '/a b/100% "$x" \\', '"/a b/100%% \\"$x\\" \\\\"'],
    ['program', '/opt/100%$x', '/opt/100%%$x'],
    ['exec', 'a;b"c\'d $e %f\\g', '"a;b\\"c\'d $$e %%f\\\\g"'],
    ['exec', ';', '";"'],
    ['unitName', 'alert@%n.service', 'alert@%n.service'],
    ['identifier', 'artifact_boms', 'artifact_boms'],
    ['identifier', 'select', '"select"'],
    ['identifier', 'Camel "x"', '"Camel ""x"""'],
    ['identifier', 'a$b\\', 'U&"a\\0024b\\\\"'],
    ['qualified', 'scanner.order', 'scanner."order"'],
    ['literal', "it's", "'it''s'"],
    ['literal', 'a$b\\', "E'a\\x24b\\\\'"],
    ['environment', 'a;b"c\'d $e %f\\g`', `'a;b"c'"'"'d $e %f\\g\`'`],
    ['comment', '$(anything) %', '$(anything) %'],
    ['markdown', 'a_b *c* <d> [e]', 'a\\_b \\*c\\* \\<d\\> \\[e\\]'],
    ['markdown', '1. # -', '1\\. # -'],
    ['markdown', '- a', '\\- a'],
    ['code', 'a b', '`a b`'],
    ['code', 'a`b', '``a`b``'],
    ['code', '`', '`` ` ``'],
    ['code', 'a|b`', '<code>a&#124;b&#96;</code>'],
  ])('%s: %j → %s', (name, value, expected) => {
    expect(quoting[name](value)).toBe(expected);
  });
});

describe('what a language cannot hold is refused, with the value and the reason', () => {
  test.each<[Quoting, string, string]>([
    ['shell', 'a\0b', 'NUL'],
    ['cron', 'a\nb', 'line break'],
    ['unit', 'a\nb', 'line break'],
    ['unit', '', 'empty'],
    ['unit', ' a', 'white space'],
    ['unit', 'a\\', 'backslash'],
    ['word', 'a\0b', 'NUL'],
    ['tmpfiles', 'a\0b', 'NUL'],
    ['program', "/a'b", 'no quotes'],
    ['exec', 'a\0b', 'NUL'],
    ['unitName', 'a b', 'not the name of a unit'],
    ['identifier', '', 'at least one character'],
    ['identifier', 'ü'.repeat(32), '63 bytes'],
    ['qualified', 'name', 'schema.name'],
    ['qualified', 'a.b.c', 'schema.name'],
    ['literal', 'a\0b', 'NUL'],
    ['environment', 'a\0b', 'NUL'],
    ['comment', 'a\rb', 'line break'],
    ['markdown', 'a\nb', 'line break'],
    ['code', 'a\nb', 'line break'],
  ])('%s: %j (%s)', (name, value, reason) => {
    const refused = () => quoting[name](value);
    expect(refused).toThrow(AppError);
    expect(refused).toThrow(JSON.stringify(value));
    expect(refused).toThrow(reason);
  });
});
