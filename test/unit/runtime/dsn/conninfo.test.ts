import { expect, test } from 'vitest';
import { parseDsn } from '../../../../src/runtime/dsn/parse.ts';
import { problemsOf } from './problems.ts';

test.each([
  ['host=a dbname=b user=c', 'Host=…;Database=…;Username=…'],
  ["host = a port=1 password='p w' sslmode=require", 'Host=…;Port=…;Password="…";SSL Mode=…'],
  ["user=u password=a;b\\'c  host=/run service=x", 'Username=…;Password="…";Host=…'],
])('%s is shown in Npgsql’s form', (text, form) => {
  expect(problemsOf(text)).toEqual([`this is libpq's form; write it in Npgsql's: ${form}`]);
});

test.each(['Host=a', 'Host=a; Port=1', 'host=a;port=1;database=b', 'Host=a;Options=-c a=b'])(
  '%s is Npgsql’s form',
  (text) => {
    expect(() => parseDsn(text)).not.toThrow();
  },
);

test.each(['', '  ', '\n'])('an empty PG_DSN is told', (text) => {
  expect(problemsOf(text)).toEqual(['it is empty']);
});
