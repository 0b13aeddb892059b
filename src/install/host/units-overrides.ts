/** A setting of a unit that a drop-in replaces or adds to; values as they are written, in order. */
export type OverriddenSetting = {
  /** `Timer` */
  readonly section: string;
  /** `OnCalendar` */
  readonly key: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
};

type Assignment = { readonly section: string; readonly key: string; readonly value: string };

/** The settings that a unit's text makes and a drop-in's text makes again, in the drop-in's order. */
export function overriddenSettings(unitText: string, dropInText: string): OverriddenSetting[] {
  const own = assignments(unitText);
  const added = assignments(dropInText);
  const same = (a: Assignment) => (b: Assignment) => a.section === b.section && a.key === b.key;
  return added
    .filter((assignment, index) => added.findIndex(same(assignment)) === index && own.some(same(assignment)))
    .map((assignment) => ({
      section: assignment.section,
      key: assignment.key,
      from: own.filter(same(assignment)).map(({ value }) => value),
      to: added.filter(same(assignment)).map(({ value }) => value),
    }));
}

/**
 * The settings of a unit's or a drop-in's text, in order. Lines are those of systemd.syntax(7): a backslash at the end joins
 * the next line, comments between joined lines are passed over.
 */
export function assignments(text: string): Assignment[] {
  const found: Assignment[] = [];
  let section = '';
  for (const line of joinedLines(text)) {
    const heading = /^\[([^\]]+)\]\s*$/.exec(line)?.[1];
    if (heading !== undefined) section = heading;
    const [, key, value] = /^([^=[\s]+)\s*=\s*(.*?)\s*$/s.exec(line) ?? [];
    if (key !== undefined && value !== undefined) found.push({ section, key, value });
  }
  return found;
}

function joinedLines(text: string): string[] {
  const joined: string[] = [];
  let start = '';
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*[#;]/.test(line)) continue;
    const whole = start + (start === '' ? line.trimStart() : line);
    if (whole.endsWith('\\')) start = `${whole.slice(0, -1)} `;
    else {
      joined.push(whole);
      start = '';
    }
  }
  return start === '' ? joined : [...joined, start];
}
