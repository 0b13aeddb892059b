import { expect, test } from 'vitest';
import { specSchema } from '../../../src/spec/schema.ts';

test.each([
  ['node', '/home/deploy/.nvm/versions/node/v20.20.2/bin/node'],
  ['node', '/root/bin/node'],
  ['scriptsDir', '/var/tmp/scripts'],
  ['scriptsDir', '/tmp'],
])('%s may not be %s, where no job can see it', (key, path) => {
  const messages = specSchema.safeParse({ [key]: path }).error?.issues.map(({ message }) => message);
  expect(messages).toEqual([
    `found "${path}", which the jobs' units hide from them; allowed: a path outside /home, /root, /run/user, /tmp, /var/tmp, /dev and /proc`,
  ]);
});

test('the folder for metrics may not be hidden either', () => {
  const found = specSchema.safeParse({ metrics: { directory: '/var/tmp/metrics' } }).error?.issues;
  expect(found?.map(({ path }) => path)).toEqual([['metrics', 'directory']]);
});

test.each(['/homes/jobs', '/srv/home/jobs', '/opt/tmp', '/rootless'])('scriptsDir may be %s', (path) => {
  expect(specSchema.safeParse({ scriptsDir: path }).success).toBe(true);
});
