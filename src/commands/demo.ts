import type { DemoEvent, DemoResult } from '../demo/events.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { jsonDocument } from '../json-document.ts';
import type { World } from '../world.ts';
import { defineCommand } from './command.ts';

/** Renders the built-in spec to a temporary folder, plays the demo there and, however it ends, removes the folder. */
export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'Show the generated scripts at work on a PostgreSQL inside this process; needs bash, leaves nothing behind',
  options: {
    json: { type: 'boolean', default: false, describe: 'Report as JSON' },
    keep: { type: 'boolean', default: false, describe: 'Keep the rendered tree and say where it is' },
  },
  async run({ json, keep }, world) {
    const { files, terminal } = world;
    const [{ prepareStage }, { play }, { eventText, resultText }] = await Promise.all([
      import('./demo-stage.ts'),
      import('../demo/play.ts'),
      import('../demo/story.ts'),
    ]);
    const print = (event: DemoEvent) => json || terminal.out(eventText(event, terminal.color));
    return world.interruptible(async (signal) => {
      const folder = files.makeTemporaryDirectory('hotlookup-demo-');
      try {
        const result = await play(world, prepareStage(world, folder), signal, print);
        terminal.out(json ? jsonDocument(result) : resultText(result, terminal.color));
        return conclude(result, world);
      } finally {
        if (keep) terminal.err(`The rendered tree is in ${folder}\n`);
        else files.removeTree(folder);
      }
    });
  },
});

/** The exit code of the run that failed, if one did. */
function conclude({ runs }: DemoResult, { terminal }: World): ExitCode {
  const failed = runs.find(({ exitCode }) => exitCode !== 0);
  if (!failed) return EXIT.done;
  terminal.err(`hotlookup: the demo stopped: ${failed.command} ended with exit code ${failed.exitCode}\n`);
  return Object.values(EXIT).find((code) => code === failed.exitCode) ?? EXIT.internal;
}
