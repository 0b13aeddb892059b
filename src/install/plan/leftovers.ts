import { isLeftover } from '../host/paths.ts';
import type { Observed } from '../observe/observed.ts';
import { inTheWay } from './file.ts';
import { joinParts, type Part, part } from './part.ts';

/** What an install that was killed left behind, beside the files that it was writing. */
export function planLeftovers({ at, isLive }: Observed): Part {
  const found = [...at].filter(([path]) => isLeftover(path));
  return joinParts(
    found.map(([path, entry]) =>
      entry.type === 'file' || entry.type === 'link'
        ? part({ steps: [{ do: 'remove', path, why: 'an interrupted install left it' }] })
        : part({ refusals: [inTheWay(path, entry, { isLive })] }),
    ),
  );
}
