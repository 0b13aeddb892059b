import { formatDuration } from '../duration.ts';
import { type Option, SCRIPT_LINES } from '../options.ts';
import type { PartitionSet, Spec } from '../spec/schema.ts';

/** What a script of this partition set passes to the helper: the words of each line, flags and values in turn. */
export function helperOptions(spec: Spec, set: PartitionSet): string[][] {
  return SCRIPT_LINES.map((line) => Object.values(line).flatMap((option) => wordsOf(option, { ...spec, set }))).filter(
    (words) => words.length > 0,
  );
}

function wordsOf(option: Option, spec: Spec & { readonly set: PartitionSet }): string[] {
  if (option.of === 'retention' && spec.set.retention === false) return [];
  const value = valueAt(spec, option.key);
  if (value === undefined || value === false) return [];
  const flag = `--${option.flag}`;
  if (option.kind === 'flag') return [flag];
  const text = option.kind === 'time span' ? formatDuration(Number(value)) : String(value);
  // A word that begins with a hyphen would be read as the next option.
  return text.startsWith('-') ? [`${flag}=${text}`] : [flag, text];
}

/** The value of a key; undefined where a part of the way is switched off or left out. */
function valueAt(spec: object, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
      spec,
    );
}
