import { createMask, secretsIn } from '../../secrets.ts';
import type { Host } from '../shared/host.ts';
import type { Report } from './report.ts';

/** A host whose talk has no secrets, and the filter that sees to it. */
export type Masked = { readonly host: Host; mask(text: string): string };

/** The last field of each line is a password (PostgreSQL documentation, The Password File). */
const passwordsOf = (text: string) =>
  text.split('\n').flatMap((line) => /^(?:[^:\\]|\\.)*(?::(?:[^:\\]|\\.)*){3}:(.*)$/.exec(line)?.[1] ?? []);

/**
 * Learns the secrets of the environment, and of each file that the run reads, and takes them out of all that is said on stderr. The
 * filter is for what else is quoted.
 */
export function keepingSecrets(host: Host): Masked & { learnEnvironment(): void } {
  const secrets = new Set<string>();
  const learn = (some: readonly string[]) => {
    for (const secret of some) secrets.add(secret);
  };
  const mask = (text: string) => createMask(secrets)(text);
  return {
    mask,
    learnEnvironment() {
      const { PG_DSN = '', PGPASSWORD = '', PGSSLPASSWORD = '' } = host.environment;
      learn([...secretsIn(PG_DSN), PGPASSWORD, PGSSLPASSWORD]);
    },
    host: {
      ...host,
      readFile: (path) => {
        const contents = host.readFile(path);
        const text = contents.toString('utf8');
        learn([...secretsIn(text), ...passwordsOf(text)]);
        return contents;
      },
      err: { ...host.err, write: (text) => host.err.write(mask(text)) },
    },
  };
}

/** What a report quotes of servers and sessions; names of tables are data, and stay. */
export const maskedReport = (report: Report, mask: (text: string) => string): Report => ({
  ...report,
  partitions: report.partitions.map((line) => ({ ...line, reason: mask(line.reason) })),
  plan: report.plan && {
    ...report.plan,
    blockers: report.plan.blockers.map(mask),
    otherRuns: report.plan.otherRuns.map(mask),
  },
  findings: report.findings.map((finding) => ({ ...finding, what: mask(finding.what), fix: mask(finding.fix) })),
  problems: report.problems.map(mask),
});
