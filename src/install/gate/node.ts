import { basename, delimiter, join } from 'node:path/posix';
import type { World } from '../../world.ts';
import { ask, linesOf } from './programs.ts';
import { found, type GateReport, missing, notChecked, refused, together } from './report.ts';
import { findProgram, readSandbox, type Sandbox } from './sandbox.ts';
import type { Subject } from './subject.ts';

const OLDEST = 18;
const CHOOSE_NODE = `Install Node ${OLDEST} or newer as /usr/bin/node, or set "node" in the spec to one outside of /home, /root and /tmp`;

/** What the scripts call beside node. */
const TOOLS = ['/usr/bin/env', 'bash', 'readlink'];

/** Whether the services find what they run, and may run it; on a live host node is asked for its version. */
export async function checkPrograms(subject: Subject): Promise<GateReport> {
  const { stage, port } = subject;
  const service = [...stage.units].find(([name]) => name.endsWith('.service'))?.[1] ?? '';
  const sandbox = readSandbox(port.files, service);
  return together([...TOOLS.map((tool) => checkTool(subject, sandbox, tool)), await checkNode(subject, sandbox)]);
}

function checkTool({ port: { files }, isLive }: Subject, sandbox: Sandbox, tool: string): GateReport {
  const program = findProgram(files, sandbox, tool);
  if (program.is === 'runnable') return found();
  if (program.is === 'out of reach')
    return found(refused(program.why.join('; '), `Let /usr/bin/${basename(tool)} be the program itself`));
  const place = tool.startsWith('/') ? '' : ' in /usr/bin or /bin, where the jobs look for it';
  return isLive
    ? found(missing(`there is no ${tool}${place}`, `Install ${basename(tool)}`))
    : notChecked(`${basename(tool)}: the image has none yet`);
}

async function checkNode(subject: Subject, sandbox: Sandbox): Promise<GateReport> {
  const { spec, port, world, isLive } = subject;
  const node = findProgram(port.files, sandbox, spec.node ?? 'node');
  if (node.is === 'out of reach') return found(refused(node.why.join('; '), CHOOSE_NODE));
  if (node.is === 'runnable')
    return isLive
      ? found(...(await readVersion(world, node.path)))
      : notChecked(`the version of ${node.path}: nothing inside an image is run`);
  const where = spec.node ?? 'node in /usr/local/bin or /usr/bin, where system services look for it';
  return isLive
    ? found(missing(`there is no ${where}${spec.node === undefined ? elsewhere(subject) : ''}`, CHOOSE_NODE))
    : notChecked(`node: the image has no ${where}`);
}

async function readVersion(world: World, node: string) {
  const result = await ask(world, node, ['--version']);
  const version = /^v(\d+)\./.exec(result?.stdout ?? '')?.[1];
  if (version === undefined) {
    const said = result ? (linesOf(result.stderr)[0] ?? `exit code ${result.exitCode}`) : 'it cannot be started';
    return [refused(`${node} --version gives no version: ${said}`, CHOOSE_NODE)];
  }
  return Number(version) < OLDEST ? [refused(`${node} is version ${version}`, CHOOSE_NODE)] : [];
}

/** The node that the person who installs has in mind. */
function elsewhere({ world, port: { files } }: Subject): string {
  const own = (world.environment['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find((path) => path.startsWith('/') && files.status(path) !== undefined);
  return own === undefined ? '' : `; the one on PATH is ${own}`;
}
