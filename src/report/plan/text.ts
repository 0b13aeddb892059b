import type { Step } from '../../install/plan/step.ts';
import { isRecord } from '../../install/record/manifest.ts';
import { spellMode } from '../../install/record/manifest-text.ts';
import { sha256 } from '../../render/sha256.ts';
import { paintDiff } from '../differences.ts';
import { isReadable, unifiedDiff } from '../patch.ts';

type StepWords = {
  /** What is done, and what was done. */
  readonly verbs: readonly [string, string];
  readonly object: string;
  readonly why?: string;
};

function stepWords(step: Step): StepWords {
  switch (step.do) {
    case 'make-directory':
      return {
        verbs: ['create', 'created'],
        object: `${step.path}/ (${spellMode(step.mode)}${step.group ? `, group ${step.group.name}` : ''})`,
      };
    case 'write':
      return {
        verbs: step.before === undefined ? ['create', 'created'] : ['replace', 'replaced'],
        object: `${step.path} (${spellMode(step.mode)})`,
        ...(step.before === undefined ? {} : { why: step.why }),
      };
    case 'change-mode':
      return {
        verbs: ['mode', 'mode'],
        object: `${step.path}: ${spellMode(step.mode)} instead of ${spellMode(step.from)}`,
      };
    case 'change-owner':
      return {
        verbs: ['owner', 'owner'],
        object: `${step.path}: root:root instead of ${step.from.uid}:${step.from.gid}`,
      };
    case 'back-up':
      return { verbs: ['keep', 'kept'], object: `${step.path} as ${step.to}` };
    case 'remove':
      return { verbs: ['remove', 'removed'], object: step.path, why: step.why };
    case 'remove-directory':
      return { verbs: ['remove', 'removed'], object: `${step.path}/` };
    case 'link':
      return { verbs: ['link', 'linked'], object: `${step.path} to ${step.target}` };
    case 'reload':
      return { verbs: ['reload', 'reloaded'], object: 'systemd' };
    case 'enable':
      return { verbs: ['enable', 'enabled'], object: step.unit };
    case 'start':
      return { verbs: ['start', 'started'], object: step.unit };
    case 'restart':
      return { verbs: ['restart', 'restarted'], object: step.unit };
    case 'stop':
      return { verbs: ['stop', 'stopped'], object: step.unit, why: 'it failed and waits to be started again' };
    case 'disable':
      return { verbs: ['disable', 'disabled'], object: `${step.unit} (disable --now)` };
    case 'reset-failed':
      return { verbs: ['forget', 'forgot'], object: `that ${step.unit} had failed` };
    case 'run':
      return { verbs: ['run', 'ran'], object: step.unit };
  }
}

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
