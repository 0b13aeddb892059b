import { spellSpan } from '../duration.ts';

/** `2026-12-01 00:10:00 UTC` */
export const spellMoment = (instant: number): string =>
  `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** `in 3 days`, `2 hours ago` */
export const spellDistance = (instant: number, now: number): string =>
  instant >= now ? `in ${spellSpan(instant - now)}` : `${spellSpan(now - instant)} ago`;
