import type { Step } from '../plan/step.ts';

const WORDS: Readonly<Record<Step['do'], string>> = {
  'make-directory': 'make the folder',
  write: 'write',
  'change-mode': 'change the mode of',
  'change-owner': 'change the owner of',
  'back-up': 'keep a copy of',
  remove: 'remove',
  'remove-directory': 'remove the folder',
  link: 'make the link',
  reload: 'reload systemd',
  enable: 'enable',
  start: 'start',
  restart: 'restart',
  stop: 'stop',
  disable: 'disable',
  'reset-failed': 'reset the failure of',
  run: 'run',
};

/** A step as a phrase, such as `write /etc/systemd/system/x.timer`. */
export function nameStep(step: Step): string {
  if (step.do === 'reload') return WORDS.reload;
  return `${WORDS[step.do]} ${'unit' in step ? step.unit : step.path}`;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
