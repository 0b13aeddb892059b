import type { Desired } from '../desired/desired.ts';
import { imageEnablement, type Link } from '../desired/image-enablement.ts';
import type { Observed } from '../observe/observed.ts';
import type { TimerDecision } from './decisions.ts';
import { inTheWay } from './file.ts';
import { joinParts, type Part, part } from './part.ts';

/** Enables timers by links. A link that an earlier install made to another folder is made again. */
export function planImageTimers(enabled: readonly TimerDecision[], desired: Desired, observed: Observed): Part {
  const links = imageEnablement(
    desired,
    enabled.map(({ job }) => job.timer),
  );
  return joinParts(links.map((link) => placeLink(link, observed)));
}

function placeLink({ path, target }: Link, { at, manifest, isLive }: Observed): Part {
  const link = { do: 'link', path, target } as const;
  const found = at.get(path);
  if (!found) return part({ steps: [link] });
  if (found.type !== 'link') return part({ refusals: [inTheWay(path, found, { isLive })] });
  if (found.target === target || !manifest?.links.includes(path)) return part({});
  return part({ steps: [{ do: 'remove', path, why: `leads to ${found.target}` }, link] });
}
