import { expect, test } from 'vitest';
import { openToChange } from '../../../src/commands/target.ts';
import { EXIT } from '../../../src/errors.ts';
import type { HostPort } from '../../../src/install/host/host.ts';
import { createModel, portOf } from '../install/model.ts';

const open = (port: HostPort) => openToChange({ openHost: async () => port }, port.files.root);

test('this host is changed by root, where systemd runs', async () => {
  const port = portOf(createModel());
  expect(await open(port)).toBe(port);
});

test.each([
  ['not root', { isRoot: false }, /only root/, /sudo/],
  ['no systemd that runs', { isLive: false }, /systemd does not run/, /--root DIR/],
])('%s is exit code 5 with what to do', async (_, given, message, advice) => {
  await expect(open(portOf(createModel({}, given)))).rejects.toMatchObject({
    exitCode: EXIT.missing,
    message: expect.stringMatching(message),
    advice: expect.stringMatching(advice),
  });
});

test('an image is changed by anybody, without systemd', async () => {
  const live = portOf(createModel({}, { isRoot: false, isLive: false }));
  const image = { ...live, files: { ...live.files, root: '/image' } };
  expect(await open(image)).toBe(image);
});
