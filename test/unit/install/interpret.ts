import { basename, dirname } from 'node:path/posix';
import { stampPath, wantsLink } from '../../../src/install/host/units.ts';
import type { Step } from '../../../src/install/plan/step.ts';
import { change, type Entry, file, folder, isMasked, link, type Model, realPath, STALE, unitEntry } from './model.ts';

/** What a step makes of a host. It throws where the real step would fail. */
export function interpret(model: Model, given: Step): Model {
  const step = 'path' in given ? { ...given, path: realPath(model.entries, given.path) } : given;
  const demand = (holds: boolean, what: string) => {
    if (!holds) throw new Error(`${JSON.stringify(step)}: ${what}`);
  };
  const { entries } = model;
  const hasFolder = (path: string) =>
    demand(dirname(path) === '/' || entries.get(dirname(path))?.type === 'directory', 'there is no such folder');
  switch (step.do) {
    case 'make-directory':
      hasFolder(step.path);
      demand(!entries.has(step.path), 'it is there');
      return change(model, { [step.path]: { ...folder(step.mode), gid: step.group?.gid ?? 0 } });
    case 'write':
      hasFolder(step.path);
      demand(!entries.has(step.path) || entries.get(step.path)?.type === 'file', 'something else is there');
      return change(model, { [step.path]: file(step.contents, step.mode) });
    case 'change-mode':
      return change(model, { [step.path]: { ...there(entries, step.path), mode: step.mode } });
    case 'change-owner':
      return change(model, { [step.path]: { ...there(entries, step.path), uid: 0, gid: 0 } });
    case 'back-up':
      demand(!entries.has(step.to), 'there is a copy');
      return change(model, { [step.to]: there(entries, step.path) });
    case 'remove':
      demand(there(entries, step.path).type !== 'directory', 'it is a folder');
      return change(model, { [step.path]: undefined });
    case 'remove-directory':
      demand(there(entries, step.path).type === 'directory', 'it is no folder');
      demand(![...entries.keys()].some((path) => dirname(path) === step.path), 'it is not empty');
      return change(model, { [step.path]: undefined });
    case 'link':
      hasFolder(step.path);
      demand(!entries.has(step.path), 'it is there');
      return change(model, { [step.path]: link(step.target) });
    default:
      demand(model.isLive, 'no systemd runs here');
      return step.do === 'reload' ? reload(model) : control(model, step, demand);
  }
}

const there = (entries: Model['entries'], path: string): Entry => {
  const entry = entries.get(path);
  if (!entry) throw new Error(`nothing is at ${path}`);
  return entry;
};

function reload(model: Model): Model {
  const read = new Map<string, string>();
  for (const unit of [...model.active, ...model.failed]) {
    const entry = unitEntry(model, unit)?.entry;
    if (entry?.type === 'file') read.set(unit, entry.contents);
  }
  return { ...model, read };
}

const withUnit = (set: ReadonlySet<string>, unit: string) => new Set([...set, unit]);
const withoutUnit = (set: ReadonlySet<string>, unit: string) => new Set([...set].filter((other) => other !== unit));

function control(
  model: Model,
  { do: verb, unit }: Extract<Step, { unit: string }>,
  demand: (holds: boolean, what: string) => void,
): Model {
  const isLoadable = unitEntry(model, unit)?.entry.type === 'file' || model.read.has(unit);
  switch (verb) {
    case 'enable': {
      const found = unitEntry(model, unit);
      demand(isLoadable && !isMasked(model, unit), 'there is no such unit, or it is masked');
      const place = wantsLink(unit);
      return reload(change(model, { [dirname(place)]: folder(), [place]: link(found?.path ?? '') }));
    }
    case 'start':
    case 'restart':
      demand(isLoadable && !isMasked(model, unit), 'there is no such unit, or it is masked');
      return startTimer(model, unit);
    case 'stop':
      demand(model.waiting.has(unit), 'it does not wait');
      return { ...model, waiting: withoutUnit(model.waiting, unit) };
    case 'disable': {
      demand(isLoadable, 'there is no such unit');
      const stopped = change(
        model,
        { [wantsLink(unit)]: undefined },
        { active: withoutUnit(model.active, unit), failed: withoutUnit(model.failed, unit) },
      );
      const wants = dirname(wantsLink(unit));
      const isEmpty = ![...stopped.entries.keys()].some((path) => dirname(path) === wants);
      return isEmpty ? change(stopped, { [wants]: undefined }) : stopped;
    }
    case 'reset-failed':
      return { ...model, failed: withoutUnit(model.failed, unit) };
    case 'run':
      demand(isLoadable && !isMasked(model, unit), 'there is no such unit, or it is masked');
      return { ...model, fired: [...model.fired, unit] };
  }
}

function startTimer(model: Model, timer: string): Model {
  const stamp = model.entries.get(stampPath(timer));
  const entry = unitEntry(model, timer)?.entry;
  const text = model.read.get(timer) ?? (entry?.type === 'file' ? entry.contents : '');
  const isLate = stamp?.type === 'file' && stamp.contents === STALE;
  return change(
    model,
    { [stampPath(timer)]: file('') },
    {
      active: withUnit(model.active, timer),
      failed: withoutUnit(model.failed, timer),
      read: new Map([...model.read, [timer, text]]),
      fired: isLate ? [...model.fired, basename(timer)] : model.fired,
    },
  );
}
