/** Reports an error at a path of the spec; it reads "found …; allowed: …". */
export type Report = (path: ReadonlyArray<string | number>, found: string, allowed: string) => void;
