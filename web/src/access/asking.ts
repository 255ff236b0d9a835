import { type Offsets, wallAt } from '../schedule/offsets';
import { typedInstant } from '../schedule/typed';

/** What this page has, and any permission of which each part asks; none: it is everybody's. */
export const PARTS = [
  { id: 'why', name: 'Why', asked: [] },
  { id: 'changed', name: 'What changed', asked: [] },
  { id: 'what-if', name: 'What if', asked: ['access:decision:view'] },
  {
    id: 'shift-rule',
    name: 'Shift rule',
    asked: ['access:shiftRule:view', 'access:shiftRule:edit', 'access:shiftRule:override'],
  },
] as const;

export type PartId = (typeof PARTS)[number]['id'];

export const ACTIONS = [
  { id: 'sign-in', name: 'Sign in' },
  { id: 'connect', name: 'Connect the softphone' },
  { id: 'receive', name: 'Receive calls' },
  { id: 'record', name: 'Be recorded' },
] as const;

export type Action = (typeof ACTIONS)[number]['id'];
export type Foreseen = Exclude<Action, 'record'>;

/** What can be foreseen; of receiving, what somebody does at that moment is left out. */
export const FORESEEN = ACTIONS.filter(({ id }) => id !== 'record') as { id: Foreseen; name: string }[];

export const ofCalls = (action: Action): boolean => action === 'receive' || action === 'record';

export const actionName = (action: string): string => ACTIONS.find(({ id }) => id === action)?.name ?? action;

/** What is asked, as the address has it. Absent: oneself, connecting, now, any queue; a change since a day ago until now. */
export interface WhySearch {
  part?: PartId;
  user?: string;
  action?: Action;
  at?: string;
  queue?: string;
  from?: string;
  to?: string;
}

export function searchOf(search: Record<string, unknown>): WhySearch {
  const { part, user, action, at, queue, from, to } = search;
  return {
    ...(PARTS.some(({ id }) => id === part) && { part: part as PartId }),
    ...(isText(user) && { user }),
    ...(ACTIONS.some(({ id }) => id === action) && { action: action as Action }),
    ...(isInstant(at) && { at }),
    ...(isText(queue) && { queue }),
    ...(isInstant(from) && { from }),
    ...(isInstant(to) && { to }),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isInstant = (value: unknown): value is string =>
  isText(value) && value.endsWith('Z') && !Number.isNaN(Date.parse(value));

/** Why, as an address. */
export function whyPath({ user, action, at, queue }: WhySearch): string {
  const query = new URLSearchParams({ userId: user ?? 'me', action: action ?? 'connect' });
  if (at) query.set('at', at);
  if (queue && ofCalls(action ?? 'connect')) query.set('queueId', queue);
  return `/shiftline/access/why?${query}`;
}

/** What changed, as a question. */
export function differenceQuery({ user, action, queue, from, to }: WhySearch & { from: string }): string {
  const query = new URLSearchParams({ userId: user ?? 'me', action: action ?? 'connect', from });
  if (to) query.set('to', to);
  if (queue && ofCalls(action ?? 'connect')) query.set('queueId', queue);
  return query.toString();
}

/** What happened around somebody, as a question. */
export function timelineQuery({ user, from, to }: WhySearch & { from: string }): string {
  const query = new URLSearchParams({ userId: user ?? 'me', from });
  if (to) query.set('to', to);
  return query.toString();
}

/** An instant as a field for a date and a time holds it. */
export function fieldText(instantMs: number, offsets: Offsets): string {
  return new Date(wallAt(offsets, instantMs)).toISOString().slice(0, 16);
}

/** A time that is asked about, or a sentence that says what is missing. */
export function instantOf(
  text: string,
  offsets: Offsets,
  what: string,
): { instant: string } | { missing: string } {
  const instant = typedInstant(text, offsets);
  return instant === null ? { missing: `Say ${what}: a date and a time.` } : { instant };
}
