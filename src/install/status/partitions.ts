import { EXIT } from '../../errors.ts';
import type { ProcessResult, World } from '../../world.ts';
import type { PartitionsStatus } from './status.ts';
import type { SystemdRecord } from './systemd.ts';

export type PartitionsQuestion = {
  readonly set: string;
  /** The installed script. */
  readonly script: string;
  readonly environmentFile: string;
  /** Of one of the set's jobs. */
  readonly service: Pick<SystemdRecord, 'user' | 'dynamicUser' | 'privateNetwork'>;
};

/** How long the database gets to answer, in seconds: a person waits, and a job's own budget is for servers that start. */
export const ANSWER_SECONDS = 5;

/** Asks the installed helper for a partition set's status, as the set's jobs would ask. */
export async function askPartitions({ processes }: World, question: PartitionsQuestion): Promise<PartitionsStatus> {
  const [program, ...args] = commandOf(question);
  return readAnswer(question.set, await processes.run(program, args, { limitMs: ANSWER_SECONDS * 1000 }));
}

/** A job that reaches the database through the socket alone is known there by its user, so its user has to ask. */
export function commandOf({ script, environmentFile, service }: PartitionsQuestion): [string, ...string[]] {
  const words: [string, ...string[]] = [script, 'status', '--json'];
  if (!service.privateNetwork) return words;
  const properties = [
    `User=${service.user}`,
    `DynamicUser=${service.dynamicUser ? 'yes' : 'no'}`,
    `EnvironmentFile=${environmentFile}`,
    // That systemd-run is ended does not end what it has started.
    `RuntimeMaxSec=${ANSWER_SECONDS}`,
  ];
  const options = [
    '--quiet',
    '--collect',
    '--pipe',
    '--wait',
    ...properties.map((property) => `--property=${property}`),
  ];
  return ['systemd-run', ...options, '--', ...words];
}

/** Reads the helper's report; one that ended without a report says why on stderr. */
export function readAnswer(set: string, { exitCode, stdout, stderr }: ProcessResult): PartitionsStatus {
  if (exitCode === EXIT.terminated) return { set, is: 'failed', exitCode: EXIT.unreachable, said: tooLate(stderr) };
  if (exitCode !== EXIT.done && exitCode !== EXIT.differences)
    return { set, is: 'failed', exitCode, said: stderr.trim() };
  const report: unknown = JSON.parse(stdout);
  const days = member(report, 'runwayDays');
  const until = member(report, 'runwayUntil');
  return {
    set,
    is: 'read',
    missing: texts(member(report, 'missing')),
    runwayUntil: typeof until === 'string' ? until : null,
    runwayDays: typeof days === 'number' ? days : null,
    findings: findingsIn(member(report, 'findings')),
    problems: texts(member(report, 'problems')),
  };
}

/** What the helper had met with until it was stopped, if it said so. */
const tooLate = (stderr: string): string =>
  [
    `no answer within ${ANSWER_SECONDS} s`,
    ...stderr.split('\n').filter((line) => line !== '' && !line.startsWith('stopped by ')),
  ].join('\n');

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;

const findingsIn = (value: unknown) =>
  (Array.isArray(value) ? value : []).flatMap((entry: unknown) => {
    const [kind, what, fix] = ['kind', 'what', 'fix'].map((name) => member(entry, name));
    return typeof kind === 'string' && typeof what === 'string' && typeof fix === 'string' ? [{ kind, what, fix }] : [];
  });

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
