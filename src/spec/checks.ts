import type * as z from 'zod';
import { formatDuration } from '../duration.ts';
import { checkCollisions } from './collisions.ts';
import { checkHiddenPaths } from './hidden-paths.ts';
import { at, listAt, numberAt, textAt } from './loose.ts';
import { checkMetrics } from './metrics-checks.ts';
import { show } from './problem.ts';
import type { Report } from './report.ts';

/**
 * What single values cannot tell: whether they fit together. Runs on specs with other errors too, so that all errors come
 * at once; a value that is itself wrong is then as good as absent.
 */
export function checkAcross(spec: unknown, context: z.core.$RefinementCtx<unknown>): void {
  const report: Report = (path, found, allowed) =>
    context.addIssue({
      code: 'custom',
      path: [...path],
      message: `found ${found}; allowed: ${allowed}`,
      params: { isSentence: true },
    });
  checkName(spec, report);
  checkBudgets(spec, report);
  checkAddresses(spec, report);
  checkUser(spec, report);
  checkHiddenPaths(spec, report);
  checkMetrics(spec, report);
  checkJobs(spec, report);
  checkTables(spec, report);
  checkFailureUnit(spec, report);
  checkCollisions(spec, report);
}

/** The record of 0.1.0 has that name. */
function checkName(spec: unknown, report: Report): void {
  if (textAt(spec, 'name') === 'manifest') report(['name'], '"manifest"', 'any other name; that one is taken');
}

function checkBudgets(spec: unknown, report: Report): void {
  const parts = ['connect', 'lockWait', 'detach'].map((part) => numberAt(spec, 'budgets', part) ?? 0);
  const sum = parts.reduce((total, part) => total + part);
  const whole = numberAt(spec, 'budgets', 'timeoutStart') ?? Number.POSITIVE_INFINITY;
  if (sum >= whole)
    report(
      ['budgets', 'timeoutStart'],
      `${formatDuration(whole)}, while connect, lockWait and detach together take ${formatDuration(sum)}`,
      `more than ${formatDuration(sum)}`,
    );
  const [one = 0, all = Number.POSITIVE_INFINITY] = ['lockTimeout', 'lockWait'].map((key) =>
    numberAt(spec, 'budgets', key),
  );
  if (one > all)
    report(['budgets', 'lockTimeout'], formatDuration(one), `at most lockWait, which is ${formatDuration(all)}`);
}

function checkAddresses(spec: unknown, report: Report): void {
  const access = textAt(spec, 'database', 'access');
  const count = listAt(spec, 'database', 'addresses').length;
  const path = ['database', 'addresses'];
  if (access === 'remote' && count === 0 && Array.isArray(at(spec, ...path)))
    report(path, 'no address', 'at least one IP address or network for access: remote, such as [10.0.0.5]');
  if ((access === 'localhost' || access === 'socket') && count > 0)
    report(path, `${count} with access: ${access}`, 'none, or access: remote');
}

function checkUser(spec: unknown, report: Report): void {
  const user = textAt(spec, 'user');
  if (at(spec, 'dynamicUser') !== true) return;
  if (user === 'root') report(['user'], 'root with dynamicUser: true', 'any other user, or dynamicUser: false');
  // DynamicUser= implies RemoveIPC=, which removes the shared memory of everything else that this user runs.
  if (user === 'postgres')
    report(
      ['user'],
      "postgres with dynamicUser: true, which removes the server's shared memory when a job ends",
      'any other user, or dynamicUser: false',
    );
}

function checkJobs(spec: unknown, report: Report): void {
  listAt(spec, 'partitionSets').forEach((set, index) => {
    if (at(set, 'ensure') === false && at(set, 'retention') === false)
      report(
        ['partitionSets', index],
        'ensure and retention both false',
        'at least one of the two jobs; leave the partition set out to have none',
      );
    const graceDays = numberAt(set, 'retention', 'graceDays') ?? 0;
    if (graceDays > 0 && textAt(set, 'retention', 'strategy') === 'function')
      report(
        ['partitionSets', index, 'retention', 'graceDays'],
        `${graceDays} with strategy: function, which drops at once`,
        '0, or strategy: auto or concurrent',
      );
  });
}

function checkTables(spec: unknown, report: Report): void {
  const owners = new Map<string, number>();
  listAt(spec, 'partitionSets').forEach((set, index) => {
    const table = textAt(set, 'table');
    if (table === undefined) return;
    const owner = owners.get(table);
    if (owner === undefined) owners.set(table, index);
    else
      report(
        ['partitionSets', index, 'table'],
        `${show(table)}, the table of partitionSets[${owner}]`,
        'a table that no other partition set has',
      );
  });
}

/** systemd.unit(5): a name has at most 255 characters. */
function checkFailureUnit(spec: unknown, report: Report): void {
  const unit = textAt(spec, 'onFailure') ?? '';
  const longest = listAt(spec, 'partitionSets')
    .map((set) => `${textAt(set, 'name')}-retention.service`.length)
    .reduce((most, length) => Math.max(most, length), 0);
  const length = unit.replace(/%[nNp]/g, 'x'.repeat(longest)).length;
  if (length > 255) report(['onFailure'], `a name that grows to ${length} characters`, 'at most 255 characters');
}
