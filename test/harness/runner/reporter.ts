import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/** Ends a test run's output with every skipped group and its reason, then the totals alone on the last line. */
export default class ClosingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const skipped = skippedGroups(modules);
    if (skipped.length > 0) console.log(`Skipped:\n${skipped.map((line) => `  ${line}`).join('\n')}\n`);
    console.log(`To choose the same points again: HOTLOOKUP_SEED=${process.env['HOTLOOKUP_SEED']}`);
    console.log(closingLine(modules, unhandledErrors.length));
  }
}

/** `N passed, N failed, N skipped`; a file that could not be loaded or an error outside a test counts as failed. */
export function closingLine(modules: readonly TestModule[], unhandledErrors: number): string {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const count = (state: string) => tests.filter((one) => one.result().state === state).length;
  const broken = modules.flatMap((module) => [module, ...module.children.allSuites()]).flatMap((one) => one.errors());
  // A test that is still pending was cut off by the error that ended the run.
  const failed = count('failed') + count('pending') + broken.length + unhandledErrors;
  return `${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped`;
}

/** One line for each skipped group: file, name, number of tests and why. */
export function skippedGroups(modules: readonly TestModule[]): string[] {
  const groups = new Map<TestSuite | TestCase, { reason: string; tests: number }>();
  for (const module of modules) {
    for (const one of module.children.allTests('skipped')) {
      const [owner, reason] = whySkipped(one);
      groups.set(owner, { reason, tests: (groups.get(owner)?.tests ?? 0) + 1 });
    }
  }
  return [...groups].map(([owner, { reason, tests }]) => {
    const count = tests === 1 ? '1 test' : `${tests} tests`;
    return `${owner.module.relativeModuleId} > ${owner.fullName} (${count}): ${reason}`;
  });
}

/** The outermost thing that was skipped on the way to a test, and the reason that was given for it. */
function whySkipped(one: TestCase): [TestSuite | TestCase, string] {
  const result = one.result();
  let found: [TestSuite | TestCase, string] = [one, one.meta().unmet ?? noteOf(result) ?? 'no reason given'];
  for (let parent = one.parent; parent.type === 'suite'; parent = parent.parent) {
    const { unmet } = parent.meta();
    if (unmet !== undefined) found = [parent, unmet];
  }
  return found;
}

function noteOf(result: ReturnType<TestCase['result']>): string | undefined {
  return result.state === 'skipped' ? result.note : undefined;
}
