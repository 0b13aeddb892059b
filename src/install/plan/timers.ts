import { basename } from 'node:path/posix';
import type { Desired, DesiredJob } from '../desired/desired.ts';
import { isBadlyLoaded, UNKNOWN_UNIT, wantsLink } from '../host/units.ts';
import type { Observed } from '../observe/observed.ts';
import { decideTimers, type TimerDecision } from './decisions.ts';
import { planImageTimers } from './image-timers.ts';
import { planLiveTimer } from './live-timers.ts';
import type { PlanOptions } from './options.ts';
import { type Part, part } from './part.ts';
import type { Refusal } from './step.ts';

export type TimersPlan = Part & {
  /** Links that are owned in the end, and timers that the manifest lists as enabled. */
  readonly links: readonly string[];
  readonly enabled: readonly string[];
  /** Timers that are active in the end. */
  readonly active: readonly string[];
  /** Jobs whose timers this install enables. */
  readonly begun: readonly DesiredJob[];
};

/** What enables and starts the timers; to be done once their files are in place and systemd has read them. */
export function planTimers(
  desired: Desired,
  observed: Observed,
  options: PlanOptions,
  masked: ReadonlySet<string>,
): TimersPlan {
  const decisions = decideTimers(desired, observed, options, masked);
  const notes = decisions.flatMap(({ note }) => (note === undefined ? [] : [note]));
  const on = decisions.filter(({ shallBeEnabled }) => shallBeEnabled);
  const common = {
    enabled: decisions.filter(({ isListed }) => isListed).map(({ job }) => job.timer),
    begun: on.filter(({ isEnabled }) => !isEnabled).map(({ job }) => job),
  };
  if (!observed.isLive) {
    const links = on.map(({ job }) => wantsLink(job.timer));
    const image = planImageTimers(on, desired, observed);
    return { ...image, ...common, notes: [...notes, ...image.notes], links, active: [] };
  }
  const plans = on.map((decision) => ({
    timer: decision.job.timer,
    ...planLiveTimer(decision, isMoved(decision, desired, observed), observed, options.enable),
  }));
  return {
    ...part({
      steps: plans.flatMap(({ steps }) => steps),
      notes: [...notes, ...plans.flatMap((timerPlan) => timerPlan.notes)],
      refusals: on.flatMap(({ job }) => refuseUnreadable(job.timer, desired, observed)),
    }),
    ...common,
    links: imageLinks(decisions, observed),
    active: plans.filter(({ isActiveInTheEnd }) => isActiveInTheEnd).map(({ timer }) => timer),
  };
}

/** Whether an earlier install has the timer's file in another folder. */
const isMoved = ({ job: { timer } }: TimerDecision, { unitsDir }: Desired, { manifest }: Observed): boolean =>
  (manifest?.files ?? []).some(({ path }) => basename(path) === timer && path !== `${unitsDir}/${timer}`);

/**
 * A timer whose file is as wanted and that systemd cannot read is spoilt by something that an install leaves alone. That
 * systemd asks for a reload says nothing then: it does so for ever of what it cannot use. Without drop-ins the file was
 * mended since, and a reload does help.
 */
function refuseUnreadable(timer: string, { files, unitsDir }: Desired, { units, at, dropIns }: Observed): Refusal[] {
  const state = units.get(timer) ?? UNKNOWN_UNIT;
  const path = `${unitsDir}/${timer}`;
  const found = at.get(path);
  const wanted = files.find((file) => file.path === path)?.contents;
  const isAsWanted = found?.type === 'file' && found.contents.toString('utf8') === wanted;
  const others = dropIns.filter(({ unit, contents }) => unit === timer && contents !== '').map(({ path }) => path);
  const isMended = state.needsReload && others.length === 0;
  if (!isBadlyLoaded(state) || isMended || !isAsWanted) return [];
  const suspects = others.length > 0 ? `, but these drop-ins change it: ${others.join(', ')}` : '';
  return [
    {
      found: `systemd cannot use ${timer} (${state.load}); its file is as rendered${suspects}`,
      fix: `systemd-analyze verify ${timer} tells what is wrong; correct it, then: systemctl daemon-reload`,
      kind: 'refused',
    },
  ];
}

/** Links of the image that the host was made from. */
const imageLinks = (decisions: readonly TimerDecision[], { manifest, at }: Observed): string[] => {
  const wanted = decisions.map(({ job }) => wantsLink(job.timer));
  return (manifest?.links ?? []).filter((path) => wanted.includes(path) && at.get(path)?.type === 'link');
};
