import { AppError } from '../../../src/errors.ts';
import { loadSpec } from '../../../src/spec/load.ts';

/** The error that refuses this spec, which is called `s.yaml`. */
export function refusalOf(contents: string | Uint8Array): AppError {
  const outcome = loadOrRefuse(contents);
  if (outcome instanceof AppError) return outcome;
  throw new Error('the spec was accepted');
}

/** The error's lines without the headline and the file's name. */
export function errorsOf(contents: string | Uint8Array): string[] {
  return refusalOf(contents)
    .message.split('\n')
    .slice(1)
    .map((line) => line.replace('s.yaml:', ''));
}

/** The spec, or the AppError that refuses it; any other error is a defect. */
export function loadOrRefuse(contents: string | Uint8Array): unknown {
  try {
    return loadSpec(contents, 's.yaml');
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** What is allowed, as errors say it. */
export const ALLOWED = {
  keys: 'name, envFile, scriptsDir, unitsDir, runbook, user, dynamicUser, node, database, budgets, onFailure, metrics, partitionSets',
  name: 'allowed: schema.name as the catalog spells it: no quotes, no other dot, at most 63 bytes on each side, no control characters',
  path: 'allowed: an absolute path (at most 1000 bytes, 255 in each part) without "..", "//", control characters, or a slash, backslash or space at its end',
  span: 'allowed: a time span from 1ms to 1440min, such as 50ms, 30s or 5min',
  yaml: 'allowed: lines "key: value", list items "- value", text with special characters in quotes',
};
