/** Major, minor and patch. */
export type Version = readonly [number, number, number];

/** The version that the bundled helper bears in its second line; undefined of any other file, and of what 0.1.0 installed. */
export function helperVersion(contents: string): Version | undefined {
  const [, major, minor, patch] =
    /^\/\/ [^\n]*\n\/\/ The runtime helper of hotlookup, version (\d+)\.(\d+)\.(\d+)/.exec(contents) ?? [];
  return patch === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

/** Whether the first version comes before the second one. */
export function isOlder(one: Version, other: Version): boolean {
  const place = one.findIndex((number, index) => number !== other[index]);
  return place >= 0 && (one[place] ?? 0) < (other[place] ?? 0);
}
