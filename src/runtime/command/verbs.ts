export const VERBS = ['ensure', 'retention', 'status', 'plan', 'restore'] as const;
export type Verb = (typeof VERBS)[number];

export function isVerb(text: string | undefined): text is Verb {
  return VERBS.some((verb) => verb === text);
}
