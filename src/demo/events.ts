export type Partition = { readonly name: string; readonly from: Date; readonly to: Date; readonly rows: number };

/** One run of a rendered script. */
export type Run = { readonly command: string; readonly exitCode: number; readonly output: string };

/** What happened, told while it happens. */
export type DemoEvent =
  | { readonly kind: 'rendered'; readonly folder: string; readonly paths: readonly string[] }
  | { readonly kind: 'booting' }
  | { readonly kind: 'booted'; readonly version: string; readonly milliseconds: number }
  | {
      readonly kind: 'filled';
      readonly migration: string;
      readonly partitions: readonly Partition[];
      readonly now: Date;
    }
  | { readonly kind: 'opened'; readonly dsn: string }
  | { readonly kind: 'inserted'; readonly month: string; readonly refusal: string | undefined }
  | { readonly kind: 'ran'; readonly run: Run };

export type DemoResult = {
  readonly now: Date;
  readonly before: readonly Partition[];
  readonly after: readonly Partition[];
  /** In order; the last one has failed if its exit code is not 0, and nothing was run after it. */
  readonly runs: readonly Run[];
};
