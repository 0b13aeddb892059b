import { basename } from 'node:path/posix';
import type { Desired } from '../desired/desired.ts';
import { overriddenSettings } from '../host/units-overrides.ts';
import type { Observed } from '../observe/observed.ts';

/** Drop-ins are an administrator's: they are never touched, and named with the settings that they make again. */
export function noteDropIns({ files }: Desired, { dropIns }: Observed): string[] {
  return dropIns.flatMap(({ unit, path, contents }) => {
    const text = files.find((file) => basename(file.path) === unit)?.contents;
    if (text === undefined) return [];
    const keys = overriddenSettings(text, contents).map(({ key }) => `${key}=`);
    return [`${path} ${keys.length > 0 ? `overrides ${keys.join(', ')} of` : 'adds to'} ${unit}; it is left as it is`];
  });
}
