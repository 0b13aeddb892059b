import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { makeTemporary } from '../../harness/runner/temporary.ts';
import type { Bench } from '../bench.ts';
import type { Section } from '../section.ts';
import { largeRender, program } from './program.ts';
import { ratioSection } from './targets.ts';

/** A busy disk takes milliseconds to make each file, and bare node makes none: where there is a folder in memory, it is used. */
export const FAST_PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** From the start of a process to its end. */
export async function startUp(bench: Bench): Promise<Section[]> {
  const { quick, signal, say } = bench;
  const folder = makeTemporary('bench');
  const fastFolder = makeTemporary('bench', FAST_PARENT);
  try {
    say('start-up: the program');
    const results = await program(fastFolder, quick ? 5 : 41, signal);
    say('start-up: many partition sets');
    const large = await largeRender(folder, quick ? 1 : 9, signal);
    return [ratioSection('Start-up', [...results, large])];
  } finally {
    for (const made of [folder, fastFolder]) rmSync(made, { recursive: true, force: true });
  }
}
