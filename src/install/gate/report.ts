import type { EXIT } from '../../errors.ts';

/** What stands in the way of an install, and what to do about it. Code 5: something is missing; 7: a person must look. */
export type Finding = {
  readonly found: string;
  readonly fix: string;
  readonly code: typeof EXIT.missing | typeof EXIT.refused;
};

export type GateReport = {
  /** Everything that was found, not the first thing alone; empty if the gate is passed. */
  readonly findings: readonly Finding[];
  /** What could not be checked here, and why. */
  readonly notChecked: readonly string[];
};
