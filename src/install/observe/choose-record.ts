import { AppError } from '../../errors.ts';
import type { HostPort } from '../host/host.ts';
import { setsOf } from '../record/manifest.ts';
import { readRecords } from './observe.ts';
import { createLookout } from './paths.ts';

/**
 * The name of the installed spec that is meant: the one that a person names, else the only one. Undefined where nothing is installed, or
 * only what 0.1.0 has, which knew no names.
 * @throws AppError with exit code 2 that lists them, if there are several; 5 if there is none of that name.
 */
export function chooseRecord({ files }: HostPort, named: string | undefined): string | undefined {
  const records = readRecords(createLookout(files));
  const list = [...records].map(
    ([name, manifest]) => `${name ?? 'an unnamed one, of version 0.1.0'} (${setsOf(manifest).join(', ')})`,
  );
  if (named !== undefined) {
    if (records.has(named)) return named;
    throw new AppError('missing', `no spec of the name ${named} is installed here`, {
      advice: list.length === 0 ? 'Nothing is installed here' : `Installed are: ${list.join('; ')}`,
    });
  }
  if (records.size <= 1) return [...records.keys()][0];
  throw new AppError('usage', `${records.size} specs are installed here: ${list.join('; ')}`, {
    advice: 'Say which one is meant: --name NAME',
    data: { installed: [...records].map(([name, manifest]) => ({ name: name ?? null, sets: setsOf(manifest) })) },
  });
}
