import { AppError } from '../errors.ts';
import type { HostPort } from '../install/host/host.ts';
import type { World } from '../world.ts';

export const ROOT_OPTION = {
  type: 'string',
  default: '/',
  requiresArg: true,
  describe: 'The folder of an image; / is this host',
} as const;

export const NAME_OPTION = {
  type: 'string',
  requiresArg: true,
  describe: 'The name of the installed spec, where several are installed',
} as const;

/** Opens what is to be changed. This host is changed as root and with its systemd running, else exit code 5; an image by anybody. */
export async function openToChange(world: Pick<World, 'openHost'>, root: string): Promise<HostPort> {
  const port = await world.openHost(root);
  if (port.files.root !== '/') return port;
  if (!port.systemd)
    throw new AppError('missing', 'systemd does not run on this host (there is no /run/systemd/system)', {
      advice: 'For an image that is to boot later, name its folder: --root DIR',
    });
  if (!port.isRoot)
    throw new AppError('missing', 'only root may look at and change everything that is needed on this host', {
      advice: 'Run the same command with sudo',
    });
  return port;
}
