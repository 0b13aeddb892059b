import type { Spec } from '../../spec/schema.ts';
import type { World } from '../../world.ts';
import type { Desired } from '../desired/desired.ts';
import type { HostPort } from '../host/host.ts';
import type { Stage } from './stage.ts';

/** What a check may look at. */
export type Subject = {
  readonly desired: Desired;
  readonly spec: Spec;
  readonly port: HostPort;
  readonly world: World;
  readonly stage: Stage;
  /** Whether this is the host that the program runs on; nothing inside an image is run. */
  readonly isLive: boolean;
};
