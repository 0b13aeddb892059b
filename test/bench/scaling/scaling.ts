import type { Part } from '../bench.ts';
export const scaling: Part = async () => [];
