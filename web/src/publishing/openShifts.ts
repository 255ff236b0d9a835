import type { Tone } from '../design/components';
import { nameIn, tellIn } from '../foundation/time';
import type { Offsets } from '../schedule/offsets';
import type { OpenShiftDraft, PlannedOpenShift } from '../wire/api';
import { NO_MINUTES, NO_START, typedMinutes, typedStart } from './asking';

export type OpenShiftState = PlannedOpenShift['state'];

export const STATES: Record<OpenShiftState, { tone: Tone; text: string }> = {
  Open: { tone: 'accent', text: 'Open' },
  Claimed: { tone: 'wait', text: 'Waits for approval' },
  Taken: { tone: 'good', text: 'Taken' },
  Withdrawn: { tone: 'off', text: 'Withdrawn' },
  Expired: { tone: 'off', text: 'Not taken' },
};

/** Whether anything can still become of it. */
export const isUndecided = ({ state }: Pick<PlannedOpenShift, 'state'>) =>
  state === 'Open' || state === 'Claimed';

/** Those that wait first, each by when it starts. */
export function orderOpenShifts(found: PlannedOpenShift[]): PlannedOpenShift[] {
  return [...found].sort(
    (a, b) =>
      Number(isUndecided(b)) - Number(isUndecided(a)) || Date.parse(a.startDate) - Date.parse(b.startDate),
  );
}

/** Everybody whom open shifts name. */
export function peopleOfOpenShifts(found: PlannedOpenShift[]): string[] {
  return found.flatMap(({ takenBy, takenFrom }) =>
    [takenBy?.id, takenFrom?.id].filter((id) => id !== undefined),
  );
}

/** Whose it was, who has it, why it was left open, and why it stands as it does. */
export function standingOf(
  shift: PlannedOpenShift,
  names: ReadonlyMap<string, string>,
  zone: string,
): string[] {
  const name = (id: string) => names.get(id) ?? 'an agent';
  const { state, takenBy, takenFrom, takenInRevision, reason, decidedBy } = shift;
  const who = takenBy && name(takenBy.id);
  return [
    state === 'Taken' && who && `Taken by ${who}${takenInRevision ? `, in version ${takenInRevision}` : ''}.`,
    state === 'Claimed' && who && `Claimed by ${who}.`,
    state === 'Open' && !shift.inForce && 'Nobody can take it: the shift is worked again.',
    state !== 'Claimed' && state !== 'Taken' && decidedBy && nameIn(names, tellIn(zone, decidedBy.sentence)),
    takenFrom && `It was ${name(takenFrom.id)}’s.`,
    reason && `Why: ${reason}`,
  ].filter((each) => typeof each === 'string' && each !== '') as string[];
}

export interface TypedOpening {
  start: string;
  minutes: string;
  reason: string;
}

/** A new open shift from what was typed, or what is missing. All of it is on queue. */
export function openingOf(unitId: string, typed: TypedOpening, offsets: Offsets): OpenShiftDraft | string {
  const start = typedStart(typed.start, offsets);
  const minutes = typedMinutes(typed.minutes);
  const reason = typed.reason.trim();
  if (start === null) return NO_START;
  if (minutes === null) return NO_MINUTES;
  return { managementUnitId: unitId, startDate: start, lengthMinutes: minutes, ...(reason && { reason }) };
}
