import { AppError, EXIT, type ExitCode } from '../errors.ts';
import { jsonDocument } from '../json-document.ts';
import { parseCommand } from './command/args.ts';
import { parseScriptArguments } from './command/script-options.ts';
import type { Command, EnsureCommand, RetentionCommand, Settings } from './command/settings.ts';
import { helpText } from './command/usage.ts';
import { withConnection } from './connection/connection.ts';
import { explain } from './connection/server-error.ts';
import { parseDsn } from './dsn/parse.ts';
import { findDsn } from './dsn/source.ts';
import { ensure } from './ensure/ensure.ts';
import type { Job, Outcome } from './job/job.ts';
import { keepingSecrets, type Masked, maskedReport } from './job/masked-report.ts';
import { learntFrom, type Notes, newNotes } from './job/notes.ts';
import { reportText } from './job/report-text.ts';
import { recordRun } from './metrics/record.ts';
import { restore } from './restore/restore.ts';
import { retention } from './retention/retention.ts';
import type { Host } from './shared/host.ts';
import { forStream, PRIORITY } from './shared/journal-line.ts';
import { status } from './status/status.ts';

/** Runs one verb. Foreseen errors are told with advice on stderr; anything else is exit code 70. Never rejects. */
export async function main(argv: readonly string[], real: Host): Promise<ExitCode> {
  const { host, mask, learnEnvironment } = keepingSecrets(real);
  try {
    learnEnvironment();
    const { settings, user } = parseScriptArguments(argv);
    const command = parseCommand(settings, user);
    if (command === 'help') {
      host.out.write(helpText(settings));
      return EXIT.done;
    }
    return await runAndRecord({ host, mask }, settings, command);
  } catch (error) {
    return fail({ host, mask }, argv.includes('--json'), error);
  }
}

/** Metrics tell of every real run of a job, however it ends. */
async function runAndRecord({ host, mask }: Masked, settings: Settings, command: Command): Promise<ExitCode> {
  const notes = newNotes();
  const started = host.elapsed();
  const exitCode = await run({ host, mask }, settings, command, notes).catch((error: unknown) =>
    fail({ host, mask }, command.json, error),
  );
  const { set, metricsDirectory } = settings;
  if (metricsDirectory !== undefined && isRealRun(command))
    recordRun(host, metricsDirectory, {
      set,
      job: command.verb,
      exitCode,
      endedAt: host.now(),
      durationMs: host.elapsed() - started,
      ...learntFrom(notes),
    });
  return exitCode;
}

const isRealRun = (command: Command): command is EnsureCommand | RetentionCommand =>
  command.verb === 'ensure' || (command.verb === 'retention' && !command.dryRun);

async function run({ host, mask }: Masked, settings: Settings, command: Command, notes: Notes): Promise<ExitCode> {
  const target = parseDsn(findDsn(host, settings.envFile));
  const applicationName = `hotlookup ${command.verb} ${settings.set}`;
  const options = { budgetMs: settings.connectMs, applicationName, host };
  const { report: made, failure } = await withConnection(target, options, (connection) =>
    runVerb({ host, settings, connection, notes }, command),
  );
  const report = maskedReport(made, mask);
  host.out.write(command.json ? jsonDocument(report) : reportText(report, host.out));
  const told = mask(failure?.message ?? '');
  const warnings = report.problems.filter((problem) => !told.includes(problem));
  for (const line of warnings.flatMap((problem) => `warning: ${problem}`.split('\n')))
    host.err.write(forStream(host.err, PRIORITY.warning, line));
  return failure ? reportError(host, failure) : EXIT.done;
}

/** Ends a run that has no report. A program that asked for JSON gets a document then, too, even where its arguments are wrong. */
function fail({ host, mask }: Masked, json: boolean, cause: unknown): ExitCode {
  const error = explain(cause, 'the query');
  // What nobody foresaw may say anything, a password too.
  const { exitCode, message, advice } =
    error instanceof AppError ? error : { exitCode: EXIT.internal, message: 'internal error', advice: undefined };
  const document = {
    ok: false,
    error: { exitCode, message: mask(message), advice: advice === undefined ? null : mask(advice) },
  };
  if (json) host.out.write(jsonDocument(document));
  return reportError(host, error);
}

function runVerb(job: Job, command: Command): Promise<Outcome> {
  switch (command.verb) {
    case 'ensure':
      return ensure(job, command);
    case 'retention':
      return retention(job, command);
    case 'status':
      return status(job, command);
    case 'restore':
      return restore(job, command);
  }
}

function reportError({ err }: Host, error: unknown): ExitCode {
  if (!(error instanceof AppError)) {
    // The message of an error that nobody foresaw may hold anything, a password too: only its kind and place are shown.
    const { name, stack = '' } = error instanceof Error ? error : { name: typeof error };
    const place = stack
      .split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 8);
    for (const line of [`internal error (${name}); please report it with these lines`, ...place])
      err.write(forStream(err, PRIORITY.error, line));
    return EXIT.internal;
  }
  const priority = error.kind === 'locked' ? PRIORITY.notice : PRIORITY.error;
  for (const line of error.message.split('\n')) err.write(forStream(err, priority, line));
  for (const line of error.advice?.split('\n') ?? []) err.write(forStream(err, priority, line));
  return error.exitCode;
}
