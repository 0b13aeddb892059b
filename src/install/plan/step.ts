/** One change to a host. A plan is a list of these; a dry run prints them, `apply` does them and can undo them. */
export type Step =
  | {
      readonly do: 'make-directory';
      readonly path: string;
      readonly mode: number;
      /** Root's if not given. */
      readonly group?: { readonly name: string; readonly gid: number };
    }
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
  | {
      readonly do: 'change-owner';
      readonly path: string;
      readonly from: { readonly uid: number; readonly gid: number };
    }
  /** Keeps a copy of an edited file before it is replaced. */
  | { readonly do: 'back-up'; readonly path: string; readonly to: string }
  | { readonly do: 'remove'; readonly path: string; readonly why: string }
  | { readonly do: 'remove-directory'; readonly path: string }
  | { readonly do: 'link'; readonly path: string; readonly target: string }
  | { readonly do: 'reload' }
  | { readonly do: 'enable'; readonly unit: string }
  | { readonly do: 'start'; readonly unit: string }
  | { readonly do: 'restart'; readonly unit: string }
  /** Ends the waiting of a job that has failed and would be started again. */
  | { readonly do: 'stop'; readonly unit: string }
  /** Disables and stops: `disable --now`. */
  | { readonly do: 'disable'; readonly unit: string }
  /** Lets systemd forget that a unit which is gone had failed. */
  | { readonly do: 'reset-failed'; readonly unit: string }
  /** Starts a job and waits for its end. That the job fails does not undo the install. */
  | {
      readonly do: 'run';
      readonly unit: string;
      /** Files that the job may make or replace. */
      readonly writes: readonly string[];
    };

/** Why nothing may be done: what was found, and what a person can do about it. */
export type Refusal = {
  readonly found: string;
  readonly fix: string;
  /** `configuration`: what the environment file says. */
  readonly kind: 'configuration' | 'refused';
  /** A generated file that was edited on the host: what it says, and what it would say. */
  readonly edited?: { readonly path: string; readonly before: string; readonly after: string };
};

/** A plan: what will be done, what a person should know, and why nothing may be done, if so. */
export type Plan = {
  /** In the order in which they are done; empty if the host is as it should be. */
  readonly steps: readonly Step[];
  /** One sentence each, without a full stop. */
  readonly notes: readonly string[];
  /** Not empty means that no step is done. */
  readonly refusals: readonly Refusal[];
  /** Timers that are active and have a next elapse once the steps are done. */
  readonly activeTimers: readonly string[];
};
