import type { Report } from '../../../src/runtime/job/report.ts';
import { type HelperRequest, startHelper } from '../jobs/helper.ts';
import { parseReport } from '../jobs/jobs.ts';
import type { Database } from '../postgres/database.ts';
import { createFaultProxy } from './fault-proxy.ts';
import { compareWithForetold, doings, type Foretold, foretoldBy } from './foretold.ts';
import { dsnThrough } from './prepare.ts';
import { type TableState, tablesOf } from './snapshot.ts';

export type Kept = {
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly report: Report | undefined;
  /** Where the run did not do what the dry run before it had said, each a sentence: there must be none. */
  readonly wrong: readonly string[];
};

/** What turns a run into its dry run; undefined of a job that has none. */
function dryRunOf([verb, ...rest]: readonly string[]): string[] | undefined {
  if (verb === 'restore') return ['restore', ...rest, '--dry-run'];
  if (verb !== 'retention') return undefined;
  return ['retention', ...rest.map((word) => (word === 'false' ? 'true' : word))];
}

/** Takes a dry run, then the run, and holds what reached the server and what is there then against what was foretold. */
export async function keepsItsWord(
  database: Database,
  request: HelperRequest & { readonly role: string; readonly args: readonly string[] },
): Promise<Kept> {
  const dryRun = dryRunOf(request.args);
  const told = dryRun && parseReport(await ended(startHelper(database, { ...request, args: dryRun })));
  const before = await database.connect(tablesOf);
  const proxy = await createFaultProxy(database.place.port);
  try {
    const dsn = dsnThrough(database, request.role, proxy.port);
    const { exitCode, stderr, stdout } = await startHelper(database, { ...request, dsn });
    const report = stdout === '' || 'error' in JSON.parse(stdout) ? undefined : (JSON.parse(stdout) as Report);
    if (!told) return { exitCode, stderr, report, wrong: [] };
    const { surplus, undone } = compareWithForetold(foretoldBy(told), doings(proxy.messages));
    const after = await database.connect(tablesOf);
    const wrong = [
      ...surplus.map((sql) => `it was not foretold: ${sql}`),
      ...undone.flatMap((one) => unexplained(one, report)),
      ...(exitCode === 0 ? broken(told, before, after) : []),
    ];
    return { exitCode, stderr, report, wrong };
  } finally {
    await proxy.close();
  }
}

const ended = async (run: ReturnType<typeof startHelper>) => {
  const { exitCode = -1, stdout, stderr } = await run;
  return { exitCode, stdout, stderr };
};

/** An action that was not done has a line that says why. */
function unexplained({ sql, partitions, endsAs }: Foretold, report: Report | undefined): string[] {
  if (endsAs === null && partitions.length === 0) return [];
  const lines = report?.partitions.filter(({ partition }) => partitions.includes(partition)) ?? [];
  const isTold = lines.some(({ reason }) => / not done: |connection ended|another session/.test(reason));
  return isTold ? [] : [`it was foretold and not done, and no line says why: ${sql}`];
}

/** What has become of the tables, beside what was foretold of each; what nothing was foretold of must be as it was. */
function broken({ plan }: Report, before: readonly TableState[], after: readonly TableState[]): string[] {
  const ends = new Map(plan?.statements.flatMap((one) => one.partitions.map((name) => [name, one.endsAs] as const)));
  const isOf = (name: string) => (table: TableState) => table.name === name || partitionOf(table) === name;
  const promised = [...ends].flatMap(([name, end]) => {
    const [table] = after.filter(isOf(name));
    return end === null || endOf(table) === (SAME.get(end) ?? end)
      ? []
      : [`${name} was to end as ${end}, and is ${endOf(table)}`];
  });
  const untouched = before
    .filter((table) => ![...ends.keys()].some((name) => isOf(name)(table)))
    .filter((table) => JSON.stringify(after.find(({ name }) => name === table.name)) !== JSON.stringify(table))
    .map(({ name }) => `nothing was foretold of ${name}, and it has changed`);
  return [...promised, ...untouched];
}

/** What a marker says that a table was called as a partition. */
function partitionOf({ comment }: TableState): string | undefined {
  if (typeof comment !== 'object' || comment === null || !('partition' in comment)) return undefined;
  return `${comment.partition}`;
}

/** Where a state has another name than the end that leads to it. */
const SAME = new Map([
  ['unmarked', 'attached'],
  ['kept', 'in-grace'],
]);

function endOf(table: TableState | undefined): string {
  if (!table) return 'dropped';
  if (partitionOf(table) === undefined) return table.bounds === null ? 'a table of nobody' : 'attached';
  return table.name.startsWith('hotlookup_grace.') ? 'in-grace' : 'detached';
}
