import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporary } from '../runner/temporary.ts';

export type MetricsFolder = {
  readonly directory: string;
  /** Names of all that lies in it, sorted. */
  names(): string[];
  text(job: 'ensure' | 'retention'): string;
  /** One number of a job's file, by the name behind `hotlookup_`. */
  value(job: 'ensure' | 'retention', name: string): number;
  outcome(job: 'ensure' | 'retention'): string;
  dispose(): void;
};

/** A folder as an install makes it, on a disk as /var is one. */
export function createMetricsFolder(): MetricsFolder {
  const parent = makeTemporary('metrics');
  const directory = join(parent, 'node-exporter');
  mkdirSync(directory);
  chmodSync(directory, 0o2775);
  const text: MetricsFolder['text'] = (job) =>
    readFileSync(join(directory, `scanner-artifact-boms-${job}.prom`), 'utf8');
  const one = (job: 'ensure' | 'retention', pattern: RegExp): string => {
    const [found, ...others] = [...text(job).matchAll(pattern)].map(([, value]) => value);
    if (found === undefined || others.length > 0) throw new Error(`not one ${pattern} in\n${text(job)}`);
    return found;
  };
  return {
    directory,
    names: () => (existsSync(directory) ? readdirSync(directory).sort() : []),
    text,
    value: (job, name) => Number(one(job, new RegExp(`^hotlookup_${name}\\{[^}]*\\} (\\S+)$`, 'gm'))),
    outcome: (job) => one(job, /outcome="(\w+)"\} 1$/gm),
    dispose: () => rmSync(parent, { recursive: true, force: true }),
  };
}
