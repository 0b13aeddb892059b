import { spawnSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { SHORT_PARENT } from '../harness/postgres/cluster.ts';
import { removeStale } from '../harness/runner/temporary.ts';
import type { Bench, Part } from './bench.ts';
import { crowd, ingest } from './ingest/ingest.ts';
import { describeMachine, spellMachine } from './machine.ts';
import { partitions } from './partitions/partitions.ts';
import { scaling } from './scaling/scaling.ts';
import { markdown, type Section } from './section.ts';
import { withServer } from './server.ts';
import { FAST_PARENT, startUp } from './start-up/start-up.ts';
import { untilSignal } from './until-signal.ts';

const PARTS: Readonly<Record<string, Part>> = { ingest, crowd, 'start-up': startUp, partitions, scaling };

const USAGE = `usage: npm run bench -- [--only ${Object.keys(PARTS).join('|')}]… [--quick] [--out FILE] [--assert]
Prints tables in Markdown. --out writes all figures as JSON, --assert makes a missed target exit code 1,
--quick only shows that everything can be run.`;

const options = {
  only: { type: 'string', multiple: true, default: Object.keys(PARTS) },
  quick: { type: 'boolean', default: false },
  out: { type: 'string' },
  assert: { type: 'boolean', default: false },
} as const;

function readArguments() {
  try {
    const { values } = parseArgs({ options });
    const unknown = values.only.filter((name) => !Object.hasOwn(PARTS, name));
    if (unknown.length === 0) return values;
    process.stderr.write(`unknown part: ${unknown.join(', ')}\n${USAGE}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${USAGE}\n`);
  }
  return undefined;
}

const say = (progress: string) => process.stderr.write(`${progress}\n`);

async function main(): Promise<number> {
  const values = readArguments();
  if (!values) return 2;
  for (const parent of new Set([tmpdir(), SHORT_PARENT, FAST_PARENT])) removeStale(parent);
  const hasPsql = spawnSync('psql', ['--version']).status === 0;
  // A file that cannot be written is to be known before minutes of work.
  if (values.out) appendFileSync(values.out, '');
  return untilSignal((signal) =>
    withServer(async (server) => {
      const machine = describeMachine(server.version);
      process.stdout.write(`${spellMachine(machine)}\n`);
      const bench: Bench = { server, hasPsql, quick: values.quick, signal, say };
      const sections: Section[] = [];
      for (const [name, part] of Object.entries(PARTS))
        if (values.only.includes(name))
          for (const section of await part(bench)) {
            sections.push(section);
            process.stdout.write(`\n${markdown(section)}`);
          }
      const missed = sections.flatMap((section) => section.missed);
      const parts = sections.map(({ title, figures }) => ({ title, figures }));
      if (values.out) writeFileSync(values.out, `${JSON.stringify({ machine, missed, parts }, undefined, 2)}\n`);
      for (const target of missed) say(`missed: ${target}`);
      return values.assert && missed.length > 0 ? 1 : 0;
    }),
  );
}

process.exitCode = await main();
