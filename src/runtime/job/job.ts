import type { AppError } from '../../errors.ts';
import type { Settings } from '../command/settings.ts';
import type { Connection } from '../connection/connection.ts';
import type { Host } from '../shared/host.ts';
import type { Notes } from './notes.ts';
import type { Report } from './report.ts';

/** What every job is given. */
export type Job = {
  readonly host: Host;
  readonly settings: Settings;
  readonly connection: Connection;
  readonly notes: Notes;
};

/** What a job came to: what it found and did, and the error that ended it early, if one did. */
export type Outcome = { readonly report: Report; readonly failure: AppError | undefined };
