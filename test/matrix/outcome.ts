/** What came of the tests on one server: how many, or why there is no number. */
export type Outcome =
  | { readonly passed: number; readonly failed: number; readonly skipped: number }
  | { readonly problem: string };

/** Reads the totals that test/harness/runner/reporter.ts prints last. */
export function outcomeOf(output: string, exitCode: number | undefined): Outcome {
  const totals = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(output.trimEnd().split('\n').at(-1) ?? '');
  if (!totals) return { problem: `the tests ended without totals, exit code ${exitCode ?? 'none'}` };
  const [passed = 0, failed = 0, skipped = 0] = totals.slice(1).map(Number);
  if (exitCode !== 0 && failed === 0) return { problem: `no test failed, but the exit code is ${exitCode ?? 'none'}` };
  return { passed, failed, skipped };
}

/** Whether the server did what the tests want; tests that did not run prove nothing. */
export function isGood(outcome: Outcome): boolean {
  return 'passed' in outcome && outcome.passed > 0 && outcome.failed === 0;
}

/** One line for each server, as Markdown. */
export function table(outcomes: ReadonlyMap<string, Outcome>): string {
  const rows = [...outcomes].map(([label, outcome]) =>
    'problem' in outcome
      ? `| ${label} | - | - | - | ${outcome.problem} |`
      : `| ${label} | ${outcome.passed} | ${outcome.failed} | ${outcome.skipped} | ${isGood(outcome) ? 'good' : 'not good'} |`,
  );
  return ['| PostgreSQL | Passed | Failed | Skipped | |', '| --- | ---: | ---: | ---: | --- |', ...rows, ''].join('\n');
}
