import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../fixtures/formats', import.meta.url));

/** The versions that left samples of what they write, oldest first. */
export const SAMPLED_VERSIONS: readonly string[] = readdirSync(FOLDER).sort();

/** What a version wrote, by the name of the file. */
export function samplesOf(version: string): ReadonlyMap<string, string> {
  const names = readdirSync(`${FOLDER}/${version}`).sort();
  return new Map(names.map((name) => [name, readFileSync(`${FOLDER}/${version}/${name}`, 'utf8')]));
}
