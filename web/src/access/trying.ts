import type { Choice } from '../design/fields';
import { countText } from '../legal/legal';
import type { Simulation, Trial, TriedChange } from '../wire/api';
import type { Action } from './asking';

export const KINDS = [
  { id: 'settings', name: 'Settings of the tenant' },
  { id: 'person', name: 'Somebody’s state' },
  { id: 'grant', name: 'A role given or taken away' },
  { id: 'publish', name: 'A draft schedule published' },
  { id: 'revert', name: 'An earlier schedule put back' },
] as const;

export type Kind = (typeof KINDS)[number]['id'];

/** A change as it is typed. The empty text: it stays as it is, or nothing was typed. */
export interface TypedChange {
  key: number;
  kind: Kind;
  webrtc: '' | 'on' | 'off';
  rule: '' | 'on' | 'off';
  margin: string;
  person: Choice | null;
  state: 'active' | 'inactive' | 'deleted';
  roleId: string;
  given: boolean;
  scheduleId: string;
  revision: string;
}

export function newChange(key: number, kind: Kind): TypedChange {
  return {
    key,
    kind,
    ...{ webrtc: '', rule: '', margin: '', person: null, state: 'inactive', roleId: '', given: false },
    ...{ scheduleId: '', revision: '' },
  };
}

const WHOLE = /^\d{1,9}$/;
const LONGEST_DAYS = 31;

/** What is to be tried, or a sentence that says what is missing. */
export function trialOf(
  typed: readonly TypedChange[],
  days: string,
  action: Extract<Action, 'sign-in' | 'connect'>,
): { trial: Trial } | { missing: string } {
  if (typed.length === 0) return { missing: 'Say what would be changed: add a change.' };
  if (!WHOLE.test(days) || Number(days) < 1 || Number(days) > LONGEST_DAYS) {
    return { missing: `Say for how many days: 1 to ${LONGEST_DAYS}.` };
  }
  const changes: TriedChange[] = [];
  for (const [index, each] of typed.entries()) {
    const change = changeOf(each);
    if (typeof change === 'string')
      return { missing: typed.length === 1 ? change : `Change ${index + 1}: ${change}` };
    changes.push(change);
  }
  return { trial: { changes, days: Number(days), action } };
}

function changeOf(typed: TypedChange): TriedChange | string {
  switch (typed.kind) {
    case 'settings':
      return settingsOf(typed);
    case 'person':
      if (typed.person === null) return 'Say whose state.';
      return { kind: 'person', user_id: typed.person.id, state: typed.state };
    case 'grant':
      return grantOf(typed);
    default:
      return scheduleOf(typed);
  }
}

function grantOf({ person, roleId, given }: TypedChange): TriedChange | string {
  if (person === null) return 'Say whose role.';
  if (roleId === '') return 'Say which role.';
  return { kind: 'grant', user_id: person.id, role_id: roleId, division_id: '*', active: given };
}

function scheduleOf({ kind, scheduleId, revision }: TypedChange): TriedChange | string {
  const id = scheduleId.trim();
  if (id === '') return `Say which ${kind === 'publish' ? 'draft' : 'schedule'}, by its id.`;
  if (kind === 'publish') return { kind, schedule_id: id };
  if (!WHOLE.test(revision) || Number(revision) < 1) return 'Say which revision: a whole number.';
  return { kind: 'revert', schedule_id: id, revision: Number(revision) };
}

function settingsOf({ webrtc, rule, margin }: TypedChange): TriedChange | string {
  if (margin !== '' && (!WHOLE.test(margin) || Number(margin) > 1440)) {
    return 'The margin is a whole number of minutes, 1440 at most.';
  }
  if (webrtc === '' && rule === '' && margin === '') return 'Say which setting would be another.';
  return {
    kind: 'settings',
    ...(webrtc !== '' && { webrtc_enabled: webrtc === 'on' }),
    ...(rule !== '' && { softphone_within_shift: rule === 'on' }),
    ...(margin !== '' && { shift_margin_minutes: Number(margin) }),
  };
}

/** How much was looked at, and what came of it. */
export function countsOf(found: Simulation): { name: string; value: string }[] {
  const number = (value: number) => value.toLocaleString('en-US');
  return [
    { name: 'Judged', value: countText(found.people, 'person').replace('persons', 'people') },
    { name: 'Instants', value: number(found.instants) },
    { name: 'Refused at some time', value: number(found.people_refused) },
    { name: 'Admitted at some time', value: number(found.people_admitted) },
    { name: 'Changes of verdict', value: number(found.total) },
  ];
}
