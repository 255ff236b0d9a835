import type { Choice } from '../design/fields';
import { dayAndTime, placeOf } from '../foundation/time';
import type { Offsets } from '../schedule/offsets';
import type { Assertion, AssertionDraft } from '../wire/api';
import { FORESEEN, type Foreseen, fieldText, instantOf } from './asking';

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export interface TypedAssertion {
  name: string;
  people: Choice[];
  action: Foreseen;
  allowed: boolean;
  blocks: boolean;
  when: 'weekly' | 'once';
  /** In the page's zone. */
  at: string;
  weekdays: number[];
  wallTime: string;
  zone: string;
}

export function newAssertion(zone: string): TypedAssertion {
  return {
    ...{ name: '', people: [], action: 'connect', allowed: true, blocks: true, when: 'weekly' },
    ...{ at: '', weekdays: [1, 2, 3, 4, 5], wallTime: '06:00', zone },
  };
}

/** An assertion as its fields hold it. `names`: of people. */
export function typedAssertion(
  kept: Assertion,
  names: ReadonlyMap<string, string>,
  zone: string,
  offsets: Offsets,
): TypedAssertion {
  const fresh = newAssertion(zone);
  return {
    name: kept.name,
    people: kept.user_ids.map((id) => ({ id, name: names.get(id) ?? id })),
    action: FORESEEN.find(({ id }) => id === kept.action)?.id ?? 'connect',
    allowed: kept.allowed,
    blocks: kept.blocks,
    when: kept.at === null ? 'weekly' : 'once',
    at: kept.at === null ? '' : fieldText(Date.parse(kept.at), offsets),
    weekdays: kept.weekdays ?? fresh.weekdays,
    wallTime: kept.wall_time ?? fresh.wallTime,
    zone: kept.time_zone ?? zone,
  };
}

/** What is to be asserted, or a sentence that says what is missing. */
export function assertionOf(
  typed: TypedAssertion,
  offsets: Offsets,
): { draft: AssertionDraft } | { missing: string } {
  const name = typed.name.trim();
  if (name === '') return { missing: 'Give it a name, by which it is told of when it breaks.' };
  if (typed.people.length === 0) return { missing: 'Say of whom: somebody at least.' };
  const base = {
    name,
    user_ids: typed.people.map(({ id }) => id),
    action: typed.action,
    allowed: typed.allowed,
    blocks: typed.blocks,
  };
  if (typed.when === 'once') {
    const at = instantOf(typed.at, offsets, 'when');
    return 'missing' in at ? at : { draft: { ...base, at: at.instant } };
  }
  if (typed.weekdays.length === 0) return { missing: 'Say on which days.' };
  if (typed.wallTime === '') return { missing: 'Say at which time of the day.' };
  return {
    draft: {
      ...base,
      weekdays: [...typed.weekdays].sort((a, b) => a - b),
      wall_time: typed.wallTime.slice(0, 5),
      time_zone: typed.zone,
    },
  };
}

const WORKING = '1,2,3,4,5';
const VERBS: Record<string, string> = { 'sign-in': 'sign in', connect: 'connect', receive: 'receive calls' };

/** What is asserted, in words: `Ana Adams may connect at 06:00 Chicago, Monday to Friday`. */
export function assertionText(kept: Assertion, names: ReadonlyMap<string, string>, zone: string): string {
  const people = kept.user_ids.map((id) => names.get(id) ?? id);
  const few =
    people.length > 3 ? [...people.slice(0, 3), `${people.length - 3} more`].join(', ') : people.join(', ');
  const what = VERBS[kept.action] ?? kept.action;
  const when =
    kept.at === null
      ? `at ${kept.wall_time} ${placeOf(kept.time_zone ?? 'UTC')}, ${daysText(kept.weekdays ?? [])}`
      : `on ${dayAndTime(Date.parse(kept.at), zone)}`;
  return `${few} ${kept.allowed ? 'may' : 'may not'} ${what} ${when}`;
}

function daysText(days: readonly number[]): string {
  if (days.join() === WORKING) return 'Monday to Friday';
  if (days.length === 7) return 'every day';
  return days.map((day) => WEEKDAYS[day - 1] ?? '').join(', ');
}
