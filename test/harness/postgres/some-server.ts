import { inject } from 'vitest';
import { sampled } from '../runner/sample.ts';
import type { SharedServer } from './global-setup.ts';

/** One of the servers, chosen by the run's seed, for what takes long on each; `npm run test:long` takes all of them. `name` is the test file's. */
export function someServer(name: string): SharedServer[] {
  const servers = inject('servers');
  return sampled(servers, { name: `${name}, servers`, oneOf: servers.length, atLeast: 1 });
}
