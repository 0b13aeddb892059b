import type { HostPort } from '../host/host.ts';
import { isLeftover, temporaryPath } from '../host/paths.ts';
import { isTimer, stampPath } from '../host/units.ts';
import type { Step } from '../plan/step.ts';
import { messageOf } from './message.ts';
import type { Journal } from './undo/journal.ts';
import { draftFile, syncFolderOf } from './undo/path.ts';
import { systemdOf } from './undo/unit.ts';

type StepOf<Do extends Step['do']> = Extract<Step, { do: Do }>;

const ROOT = { uid: 0, gid: 0 };

/** What a step is done to, and what notes how things were. */
export type Work = { readonly port: HostPort; readonly journal: Journal };

/** Puts the draft in place. What is replaced keeps its second name until the run is settled. */
function swap({ port: { files }, journal }: Work, path: string): void {
  journal.keep(path);
  files.rename(temporaryPath(path), path);
  syncFolderOf(files, path);
}

function makeDirectory({ port, journal }: Work, { path, mode, group }: StepOf<'make-directory'>): void {
  journal.path(path);
  port.files.makeDirectory(path, mode);
  if (port.isRoot) port.files.changeOwner(path, ROOT.uid, group?.gid ?? ROOT.gid);
  syncFolderOf(port.files, path);
}

function write(work: Work, { path, contents, mode }: StepOf<'write'>): void {
  work.journal.path(path);
  draftFile(work.port, path, Buffer.from(contents), { mode, ...ROOT });
  swap(work, path);
}

function backUp(work: Work, { path, to }: StepOf<'back-up'>): void {
  const { files } = work.port;
  work.journal.path(to);
  const entry = files.status(path);
  const contents = files.read(path);
  if (!entry || !contents) throw new Error('it is gone');
  draftFile(work.port, to, contents, entry);
  swap(work, to);
}

function remove({ port: { files }, journal }: Work, { path }: StepOf<'remove'>): void {
  // Nobody wants back what a run that was killed left.
  if (isLeftover(path)) {
    files.remove(path);
    return;
  }
  journal.path(path);
  files.remove(path);
  syncFolderOf(files, path);
}

function removeDirectory({ port: { files }, journal }: Work, { path }: StepOf<'remove-directory'>): void {
  journal.path(path);
  files.removeDirectory(path);
  syncFolderOf(files, path);
}

function link(work: Work, { path, target }: StepOf<'link'>): void {
  const { files } = work.port;
  work.journal.path(path);
  const isNew = !files.status(path);
  files.createLink(isNew ? path : temporaryPath(path), target);
  if (isNew) syncFolderOf(files, path);
  else swap(work, path);
}

async function controlUnit(work: Work, unit: string, args: readonly string[]): Promise<void> {
  await noteUnit(work, unit);
  await systemdOf(work.port).control([...args, unit]);
}

/**
 * Notes a unit and a timer's stamp. Undoing goes backwards: a stamp that systemd makes is taken away once the timer is
 * stopped, and one that was there is back before the timer starts, which reads it.
 */
async function noteUnit({ port, journal }: Work, unit: string): Promise<void> {
  const stamp = isTimer(unit) ? stampPath(unit) : undefined;
  const hasStamp = stamp !== undefined && port.files.status(stamp) !== undefined;
  if (stamp !== undefined && !hasStamp) journal.path(stamp);
  await journal.unit(unit);
  if (stamp !== undefined && hasStamp) journal.path(stamp);
}

/** Runs a job to its end and gives why it failed, if it did. One that ran before is waited for, too. The signal's reason if it comes meanwhile. */
export async function runJob(
  { port, journal }: Work,
  { unit, writes }: StepOf<'run'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  // Undone once the job is stopped, which writes as it ends.
  for (const path of writes) journal.path(path);
  // A job that this run started is stopped by undoing that it was started.
  await journal.unit(unit);
  try {
    await systemdOf(port).control(['start', unit], signal);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return messageOf(error);
  }
}

/** Does one step. What it changes is noted in the journal first, so that a step that fails half-way can be undone too. */
export async function doStep(work: Work, step: Exclude<Step, { do: 'run' }>): Promise<void> {
  const { port, journal } = work;
  switch (step.do) {
    case 'make-directory':
      return makeDirectory(work, step);
    case 'write':
      return write(work, step);
    case 'change-mode':
      journal.path(step.path);
      return port.files.changeMode(step.path, step.mode);
    case 'change-owner':
      journal.path(step.path);
      return port.files.changeOwner(step.path, ROOT.uid, ROOT.gid);
    case 'back-up':
      return backUp(work, step);
    case 'remove':
      return remove(work, step);
    case 'remove-directory':
      return removeDirectory(work, step);
    case 'link':
      return link(work, step);
    case 'reload':
      return systemdOf(port).control(['daemon-reload']);
    case 'enable':
    case 'start':
    case 'restart':
    case 'stop':
    case 'reset-failed':
      return controlUnit(work, step.unit, [step.do]);
    case 'disable':
      return controlUnit(work, step.unit, ['disable', '--now']);
  }
}
