import type { Plan } from './step.ts';

/** What one concern adds to a plan. */
export type Part = Pick<Plan, 'steps' | 'notes' | 'refusals'>;

/** A part of a plan that has only what is given. */
export const part = (given: Partial<Part>): Part => ({ steps: [], notes: [], refusals: [], ...given });

export const joinParts = (parts: readonly Part[]): Part => ({
  steps: parts.flatMap(({ steps }) => steps),
  notes: parts.flatMap(({ notes }) => notes),
  refusals: parts.flatMap(({ refusals }) => refusals),
});
