import { spellMode } from '../record/manifest-text.ts';
import type { Step } from './step.ts';

/** How a step is told, in plans, progress and errors alike. */
type StepWords = {
  /** What is done, and what was done. */
  readonly verbs: readonly [string, string];
  readonly object: string;
  readonly why?: string;
};

export function stepWords(step: Step): StepWords {
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

/** A step as a phrase within a sentence: `create /etc/systemd/system/x.timer (0644)`. */
export function stepPhrase(step: Step): string {
  const { verbs, object } = stepWords(step);
  return `${verbs[0]} ${object}`;
}
