import { holds } from '../identity/permissions';

/** The parts of the page of recordings, each for who may see what is in it. */
export const PARTS = [
  { id: 'listen', name: 'Listen', asked: ['recording:recording:view'] },
  { id: 'policies', name: 'Policies', asked: ['recording:retentionPolicy:view'] },
  { id: 'imports', name: 'Imports', asked: ['recording:import:view'] },
  { id: 'jobs', name: 'Jobs', asked: ['recording:job:view'] },
] as const;

export type Part = (typeof PARTS)[number]['id'];

export function isPart(value: unknown): value is Part {
  return PARTS.some(({ id }) => id === value);
}

/** The parts that somebody may see, in their order. */
export function partsFor(permissions: readonly string[]) {
  return PARTS.filter(({ asked }) => asked.some((each) => holds(permissions, each)));
}
