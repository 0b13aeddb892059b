import { AppError } from '../../errors.ts';
import { isReadable, unifiedDiff } from '../patch.ts';

/** One reason why nothing is done, from the gate or from the plan. */
export type Reason = {
  readonly found: string;
  readonly fix: string;
  readonly kind: 'configuration' | 'missing' | 'refused';
  readonly edited?: { readonly path: string; readonly before: string; readonly after: string };
};

const GRAVITY = ['refused', 'missing', 'configuration'] as const;

/** Every reason at once, each with its fix. Its kind is that of the gravest. */
export function refusal(reasons: readonly [Reason, ...Reason[]]): AppError {
  const kind = GRAVITY.find((one) => reasons.some((reason) => reason.kind === one)) ?? 'refused';
  const items = reasons.map((reason) => `\n- ${reason.found}\n  → ${reason.fix}${diffOf(reason)}`);
  const count = reasons.length === 1 ? 'this' : `these ${reasons.length} things`;
  return new AppError(kind, `nothing was changed, because of ${count}:${items.join('')}`);
}

/** What somebody changed in a generated file, so that it can be moved to the spec. */
const diffOf = ({ edited }: Reason): string =>
  edited && isReadable(edited.before) && isReadable(edited.after)
    ? `\n${unifiedDiff('as rendered', edited.path, edited.after, edited.before).trimEnd()}`
    : '';
