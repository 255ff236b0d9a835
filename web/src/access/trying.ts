import type { Choice } from '../design/fields';
import { countText } from '../legal/legal';
import type { RoleWhole, Simulation, Trial, TriedChange } from '../wire/api';
import type { Foreseen } from './asking';

export const KINDS = [
  { id: 'settings', name: 'Settings of the tenant' },
  { id: 'exception', name: 'An exception from the shift rule' },
  { id: 'person', name: 'Somebody’s state' },
  { id: 'grant', name: 'A role given or taken away' },
  { id: 'role', name: 'A role’s permissions' },
  { id: 'publish', name: 'A draft schedule published' },
  { id: 'revert', name: 'An earlier schedule put back' },
] as const;

export type Kind = (typeof KINDS)[number]['id'];

/** Whom the shift rule may not concern. */
export const SUBJECTS = [
  { id: 'person', name: 'A person' },
  { id: 'role', name: 'Whoever holds a role' },
  { id: 'division', name: 'Whoever is in a division' },
] as const;

export type SubjectKind = (typeof SUBJECTS)[number]['id'];

/** A person, a role or a division as they are chosen. */
export interface TypedSubject {
  subject: SubjectKind;
  person: Choice | null;
  roleId: string;
  divisionId: string;
}

/** A change as it is typed. The empty text: it stays as it is, or nothing was typed. */
export interface TypedChange extends TypedSubject {
  key: number;
  kind: Kind;
  webrtc: '' | 'on' | 'off';
  rule: '' | 'on' | 'off';
  graceBefore: string;
  graceAfter: string;
  state: 'active' | 'inactive' | 'deleted';
  given: boolean;
  /** What a role would hold; null: what it holds. */
  permissions: string[] | null;
  scheduleId: string;
  revision: string;
}

export const NO_SUBJECT: TypedSubject = { subject: 'person', person: null, roleId: '', divisionId: '' };

export function newChange(key: number, kind: Kind): TypedChange {
  return {
    ...NO_SUBJECT,
    ...{ key, kind, webrtc: '', rule: '', graceBefore: '', graceAfter: '', state: 'inactive', given: false },
    ...{ permissions: null, scheduleId: '', revision: '' },
  };
}

export const LONGEST_GRACE = 1440;
const WHOLE = /^\d{1,9}$/;
const LONGEST_DAYS = 31;

/** What is to be tried, or a sentence that says what is missing. */
export function trialOf(
  typed: readonly TypedChange[],
  days: string,
  action: Foreseen,
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
    case 'exception': {
      const subject = subjectOf(typed);
      return 'missing' in subject
        ? subject.missing
        : { kind: 'exception', subject: typed.subject, subject_id: subject.id };
    }
    case 'person':
      if (typed.person === null) return 'Say whose state.';
      return { kind: 'person', user_id: typed.person.id, state: typed.state };
    case 'grant':
      return grantOf(typed);
    case 'role':
      if (typed.roleId === '') return 'Say which role.';
      if (typed.permissions === null) return 'Say which permission the role would lose or gain.';
      return { kind: 'role', role_id: typed.roleId, permissions: typed.permissions };
    default:
      return scheduleOf(typed);
  }
}

/** The id of who or what was chosen, or a sentence that says what is missing. */
export function subjectOf(typed: TypedSubject): { id: string } | { missing: string } {
  const { subject, person, roleId, divisionId } = typed;
  const id = subject === 'person' ? person?.id : subject === 'role' ? roleId : divisionId;
  const asked = { person: 'whom', role: 'which role', division: 'which division' }[subject];
  return id ? { id } : { missing: `Say ${asked} the rule would not concern.` };
}

function grantOf({ person, roleId, divisionId, given }: TypedChange): TriedChange | string {
  if (person === null) return 'Say whose role.';
  if (roleId === '') return 'Say which role.';
  const division_id = divisionId === '' ? '*' : divisionId;
  return { kind: 'grant', user_id: person.id, role_id: roleId, division_id, active: given };
}

function scheduleOf({ kind, scheduleId, revision }: TypedChange): TriedChange | string {
  if (scheduleId === '') return `Say which ${kind === 'publish' ? 'draft' : 'schedule'}.`;
  if (kind === 'publish') return { kind, schedule_id: scheduleId };
  if (revision === '') return 'Say which revision.';
  return { kind: 'revert', schedule_id: scheduleId, revision: Number(revision) };
}

/** Whether a text is a whole number of minutes that a grace may have. */
export function isGrace(text: string): boolean {
  return WHOLE.test(text) && Number(text) <= LONGEST_GRACE;
}

function settingsOf({ webrtc, rule, graceBefore, graceAfter }: TypedChange): TriedChange | string {
  for (const grace of [graceBefore, graceAfter]) {
    if (grace !== '' && !isGrace(grace)) {
      return `A grace is a whole number of minutes, ${LONGEST_GRACE} at most.`;
    }
  }
  if ([webrtc, rule, graceBefore, graceAfter].every((each) => each === '')) {
    return 'Say which setting would be another.';
  }
  return {
    kind: 'settings',
    ...(webrtc !== '' && { webrtc_enabled: webrtc === 'on' }),
    ...(rule !== '' && { softphone_within_shift: rule === 'on' }),
    ...(graceBefore !== '' && { shift_grace_before_minutes: Number(graceBefore) }),
    ...(graceAfter !== '' && { shift_grace_after_minutes: Number(graceAfter) }),
  };
}

/** All permissions of a role, as it is told to hold them. */
export function permissionsOf({ permissions, permissionPolicies }: RoleWhole): string[] {
  const told = permissionPolicies.flatMap(({ domain, entityName, actionSet = [] }) =>
    actionSet.map((action) => `${domain}:${entityName}:${action}`),
  );
  return [...new Set([...permissions, ...told])].sort();
}

/** What is wrong with each change, by its index, and with all else. */
export function problemsOf(problems: ReadonlyMap<string, string>): {
  at: (index: number) => string | null;
  rest: string | null;
} {
  const entries = [...problems].map(([field, sentence]) => {
    const [, index = null, part = ''] = /^changes\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
    return {
      index,
      sentence: index === null ? `${field}: ${sentence}` : part ? `${part}: ${sentence}` : sentence,
    };
  });
  const of = (wanted: string | null) =>
    entries
      .filter(({ index }) => index === wanted)
      .map(({ sentence }) => sentence)
      .join(' ') || null;
  return { at: (index) => of(String(index)), rest: of(null) };
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
