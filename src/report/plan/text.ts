import type { Step } from '../../install/plan/step.ts';
import { stepWords } from '../../install/plan/step-words.ts';
import { isRecord } from '../../install/record/manifest.ts';
import { sha256 } from '../../render/sha256.ts';
import { paintDiff } from '../differences.ts';
import { isReadable, unifiedDiff } from '../patch.ts';

const WIDTH = 'restarted'.length;

/** A step in one line, without a line end. Why it is done is told before it is done. */
export function stepText(step: Step, tense: 'will' | 'did'): string {
  const { verbs, object, why } = stepWords(step);
  if (tense === 'did') return `${verbs[1].padEnd(WIDTH)} ${object}`;
  return `${verbs[0].padEnd(WIDTH)} ${object}${why === undefined ? '' : `: ${why}`}`;
}

/**
 * The unified diff of what a step replaces; undefined where there is none to show: nothing is replaced, the contents are secret, or
 * nobody reads them (a bundle, the manifest of digests).
 */
export function stepDiff(step: Step): string | undefined {
  if (step.do !== 'write' || step.secret || isRecord(step.path)) return undefined;
  const { path, before, contents } = step;
  if (before === undefined || before === contents) return undefined;
  if (!isReadable(before) || !isReadable(contents)) return `sha256 ${sha256(contents)} instead of ${sha256(before)}\n`;
  return unifiedDiff(path, 'as rendered', before, contents);
}

/** The manifest is written twice, so that a killed run can be completed, and told once. */
export function stepTexts(steps: readonly Step[]): Step[] {
  const manifest = steps.find((step) => step.do === 'write' && isRecord(step.path));
  return steps.filter((step) => step === manifest || step.do !== 'write' || !isRecord(step.path));
}

/** The steps as a person reads them. */
export function listSteps(steps: readonly Step[], tense: 'will' | 'did', color: boolean): string {
  return stepTexts(steps)
    .map((step) => {
      const diff = tense === 'will' ? (stepDiff(step) ?? '') : '';
      return `${stepText(step, tense)}\n${color ? paintDiff(diff) : diff}`;
    })
    .join('');
}
