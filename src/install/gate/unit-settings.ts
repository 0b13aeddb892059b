import { assignments } from '../host/units-overrides.ts';

/** Values of one setting in the text of a unit or of its drop-ins, in order; an empty value has reset those before it. */
export function settings(text: string, section: string, key: string): string[] {
  const values = assignments(text)
    .filter((assignment) => assignment.section === section && assignment.key === key)
    .map(({ value }) => value);
  return values.slice(values.lastIndexOf('') + 1);
}

/** As systemd reads a boolean; undefined if the setting is not made. */
export function isOn(text: string, section: string, key: string): boolean | undefined {
  const value = settings(text, section, key).at(-1);
  return value === undefined ? undefined : /^(?:1|y|yes|t|true|on)$/i.test(value);
}

/** Words of a list such as ExecPaths=, quotes and specifiers resolved: the reverse of the template's `word`. */
export const words = (value: string): string[] =>
  (value.match(/(?:"(?:[^"\\]|\\.)*"|[^\s"])+/g) ?? []).map((word) =>
    word.replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => String(JSON.parse(quoted))).replaceAll('%%', '%'),
  );
