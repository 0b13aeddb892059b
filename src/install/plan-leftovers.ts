import type { Observed } from './observed.ts';
import { temporaryPath } from './paths.ts';
import { inTheWay } from './plan-file.ts';
import { joinParts, type Part, part } from './plan-part.ts';

const ENDING = temporaryPath('/x').replace('/.x', '');

/** What an install that was killed left behind, beside the files that it was writing. */
export function planLeftovers({ at }: Observed): Part {
  const found = [...at].filter(([path]) => path.endsWith(ENDING));
  return joinParts(
    found.map(([path, entry]) =>
      entry.type === 'file'
        ? part({ steps: [{ do: 'remove', path, why: 'an interrupted install left it' }] })
        : part({ refusals: [inTheWay(path, entry)] }),
    ),
  );
}
