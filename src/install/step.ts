/** One change to a host. A plan is a list of these; a dry run prints them, `apply` does them and can undo them. */
export type Step =
  | { readonly do: 'make-directory'; readonly path: string; readonly mode: number }
  | {
      /** Creates or replaces: temporary file, owner, rename, so that a running script keeps its old contents. */
      readonly do: 'write';
      readonly path: string;
      readonly contents: string;
      readonly mode: number;
      /** What is replaced, for the diff; undefined if nothing is there. */
      readonly before: string | undefined;
      /** Whether contents may be shown: false for the environment file. */
      readonly secret: boolean;
      readonly why: string;
    }
  | { readonly do: 'change-mode'; readonly path: string; readonly mode: number; readonly from: number }
  | { readonly do: 'change-owner'; readonly path: string; readonly from: { readonly uid: number; readonly gid: number } }
  /** Keeps a copy of an edited file before it is replaced. */
  | { readonly do: 'back-up'; readonly path: string; readonly to: string }
  | { readonly do: 'remove'; readonly path: string; readonly why: string }
  | { readonly do: 'remove-directory'; readonly path: string }
  | { readonly do: 'link'; readonly path: string; readonly target: string }
  | { readonly do: 'reload' }
  | { readonly do: 'enable'; readonly unit: string }
  | { readonly do: 'start'; readonly unit: string }
  | { readonly do: 'restart'; readonly unit: string }
  | { readonly do: 'disable'; readonly unit: string }
  | { readonly do: 'clean'; readonly unit: string };

/** A plan: what will be done, what a person should know, and why nothing may be done, if so. */
export type Plan = {
  readonly steps: readonly Step[];
  readonly notes: readonly string[];
  /** Each with its fix; not empty means exit code 7 and no step is done. */
  readonly refusals: readonly { readonly found: string; readonly fix: string }[];
};
