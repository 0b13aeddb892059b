export type Mode = '0644' | '0755' | '0600';

/** One generated file. Written, checked, compared, installed and packaged alike: they are all readers of this value. */
export type Artifact = {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  readonly mode: '0644' | '0755';
  readonly contents: string;
  /** What the file is for, in a few words. */
  readonly purpose: string;
  /** Where a host keeps it and with which mode; null for what stays in the repository (SQL, cron beside timers). */
  readonly installed: { readonly path: string; readonly mode: Mode } | null;
};
