/** Values of each key, in order; a key may stand several times. */
export type Section = ReadonlyMap<string, readonly string[]>;

/** A unit file by systemd.syntax(7): sections, `Key=Value` lines, comments, no line joined to the next. Throws at any other line. */
export function parseUnit(contents: string): Readonly<Record<string, Section>> {
  const sections: Record<string, Map<string, string[]>> = {};
  let section: Map<string, string[]> | undefined;
  for (const line of contents.split('\n')) {
    if (line === '' || /^[#;]/.test(line)) continue;
    const [, name] = /^\[(\w+)\]$/.exec(line) ?? [];
    if (name !== undefined) {
      section = new Map();
      sections[name] = section;
      continue;
    }
    const [, key, value] = /^([A-Z]\w*)=(.*)$/.exec(line) ?? [];
    if (!section || key === undefined || value === undefined || value.endsWith('\\'))
      throw new Error(`not a line of a unit: ${JSON.stringify(line)}`);
    section.set(key, [...(section.get(key) ?? []), value]);
  }
  return sections;
}
