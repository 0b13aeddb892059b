import type { Section } from './section.ts';
import type { Server } from './server.ts';

/** What every part of the bench works with. */
export type Bench = {
  readonly server: Server;
  /** Whether `psql` can be run, which much is compared with. */
  readonly hasPsql: boolean;
  /** Fewer and shorter runs, to see that the bench works; its figures mean little. */
  readonly quick: boolean;
  readonly signal: AbortSignal;
  /** Tells the person who waits how far it is. */
  readonly say: (progress: string) => void;
};

/** One part of the bench, to be run alone or with the others. */
export type Part = (bench: Bench) => Promise<Section[]>;
