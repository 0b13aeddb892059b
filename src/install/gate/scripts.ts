import { join } from 'node:path/posix';
import { ask, linesOf } from './programs.ts';
import { found, type GateReport, missing, notChecked, refused } from './report.ts';
import type { Subject } from './subject.ts';

/** One bash for all of them: it takes only its first operand for a script to check. */
const CHECK_EACH = 'for script do bash -n -- "$script"; done';

/** Whether bash can read the scripts. */
export async function checkScripts({ stage, world, isLive }: Subject): Promise<GateReport> {
  const paths = stage.scripts.map((path) => join(stage.root, path));
  const result = await ask(world, 'bash', ['-c', CHECK_EACH, 'bash', ...paths]);
  if (result) return found(...linesOf(result.stderr.replaceAll(stage.root, '')).map(broken));
  return isLive
    ? found(missing('bash is not on PATH; the jobs are bash scripts', 'Install bash'))
    : notChecked('the syntax of the scripts: bash is not on PATH');
}

const broken = (line: string) =>
  refused(`bash cannot read a script: ${line}`, 'Mend the template it is rendered from, or report this');
