import type { Room } from './room.ts';

/** The installer's rooms, each importing only those before it. */
export const INSTALLER_ROOMS: Readonly<Record<string, Room>> = {
  'install/host/host.ts': { purpose: "types of the installer's port", rooms: [], packages: [] },
  'install/host/systemd-show.ts': { purpose: 'reads what systemctl shows', rooms: [], packages: [] },
  'install/host': {
    purpose: 'paths, units, groups and drop-ins of any host',
    rooms: ['install/host/host.ts', 'render'],
    packages: [],
  },
  'install/record': {
    purpose: 'what is installed, as it is written down',
    rooms: ['install/host', 'errors.ts'],
    packages: [],
  },
  'install/desired': {
    purpose: 'what a spec asks of a host',
    rooms: ['install/host', 'render', 'runtime/metrics/file.ts', 'spec'],
    packages: [],
  },
  'install/observe': {
    purpose: 'what is on a host',
    rooms: [
      'install/host',
      'install/host/host.ts',
      'install/record',
      'install/desired',
      'runtime/dsn',
      'runtime/metrics/file.ts',
      'errors.ts',
      'secrets.ts',
    ],
    packages: [],
  },
  'install/plan': {
    purpose: 'pure: desired and observed → steps, or why not',
    rooms: [
      'install/host',
      'install/host/host.ts',
      'install/record',
      'install/desired',
      'install/observe',
      'render',
      'runtime/metrics/file.ts',
    ],
    packages: [],
  },
  'install/apply': {
    purpose: 'does the steps, and undoes them if one fails',
    rooms: ['install/host', 'install/host/host.ts', 'install/plan', 'errors.ts'],
    packages: [],
  },
  'install/drift': {
    purpose: 'pure: how a host differs from what was installed',
    rooms: [
      'install/host',
      'install/host/host.ts',
      'install/record',
      'install/desired',
      'install/observe',
      'install/plan',
      'render',
    ],
    packages: [],
  },
  'install/status': {
    purpose: 'how the jobs of a host are',
    rooms: [
      'install/host/host.ts',
      'install/host/systemd-show.ts',
      'install/observe',
      'install/drift',
      'errors.ts',
      'secrets.ts',
      'world.ts',
    ],
    packages: [],
  },
  'install/gate': {
    purpose: 'what is tried before anything is installed',
    rooms: [
      'install/host',
      'install/host/host.ts',
      'install/record',
      'install/desired',
      'install/observe',
      'render',
      'spec',
      'errors.ts',
      'world.ts',
    ],
    packages: [],
  },
};
