import { dateText, instantAt, MINUTE, type Offsets, timeText, wallAt } from '../schedule/offsets';
import { typedInstant } from '../schedule/typed';
import type { Edit } from '../wire/api';

/** What stands in the browser's fields, as texts. */
export interface Typed {
  start: string;
  minutes: string;
  codeId: string;
}

/** The edits that one activity or shift can have done to it. */
export type ActivityDeed = 'moveActivity' | 'resizeActivity' | 'splitActivity' | 'removeActivity';
export type ShiftDeed = 'moveShift' | 'resizeShift' | 'removeShift' | 'openShift';

/** Which activity, or which shift where there is no `activityStartDate`. */
export type Target = Pick<Edit, 'userId' | 'shiftId' | 'activityStartDate'>;

/** What `<input type="datetime-local">` holds of an instant. */
export function fieldText(offsets: Offsets, instantMs: number): string {
  const wall = wallAt(offsets, instantMs);
  return `${dateText(wall)}T${timeText(wall)}`;
}

/** The instant that a field says; the one that stood there, if it was not touched, since an hour may come twice. */
export function typedStart(text: string, offsets: Offsets, before?: string): string | null {
  if (before && fieldText(offsets, Date.parse(before)) === text) return before;
  return typedInstant(text, offsets);
}

/** Whole minutes, at least one. */
export function typedMinutes(text: string): number | null {
  const minutes = Number(text);
  return Number.isInteger(minutes) && minutes > 0 ? minutes : null;
}

export const NO_START = 'Say when it starts: a date and a time.';
export const NO_MINUTES = 'Say how many minutes it lasts.';

/** An edit of one activity or shift from what was typed, or what is missing. `startDate`: when it starts now. */
export function editOf(
  type: ActivityDeed | ShiftDeed,
  target: Target,
  typed: Typed,
  place: { offsets: Offsets; startDate: string },
): Edit | string {
  const edit: Edit = { type, ...target };
  if (type === 'removeActivity' || type === 'removeShift' || type === 'openShift') return edit;
  const start = typedStart(typed.start, place.offsets, place.startDate);
  const minutes = typedMinutes(typed.minutes);
  if (type === 'resizeActivity') return minutes === null ? NO_MINUTES : { ...edit, lengthMinutes: minutes };
  if (start === null) return NO_START;
  if (type === 'resizeShift')
    return minutes === null ? NO_MINUTES : { ...edit, startDate: start, lengthMinutes: minutes };
  if (type === 'splitActivity')
    return { ...edit, startDate: start, ...(typed.codeId && { activityCodeId: typed.codeId }) };
  return start === place.startDate ? 'It starts then already.' : { ...edit, startDate: start };
}

/** A new activity or shift of one agent. */
export function additionOf(
  type: 'addActivity' | 'addShift',
  userId: string,
  typed: Typed,
  offsets: Offsets,
): Edit | string {
  const start = typedStart(typed.start, offsets);
  const minutes = typedMinutes(typed.minutes);
  if (type === 'addActivity' && !typed.codeId) return 'Choose the activity.';
  if (start === null) return NO_START;
  if (minutes === null) return NO_MINUTES;
  const edit: Edit = { type, userId, startDate: start, lengthMinutes: minutes };
  return type === 'addShift' ? edit : { ...edit, activityCodeId: typed.codeId };
}

export interface Placing {
  codeId: string;
  minutes: string;
  description: string;
  /** At each agent's best instant between two, or at one for all. */
  isBest: boolean;
  from: string;
  to: string;
}

/** One activity for many agents. */
export function placementOf(placing: Placing, userIds: string[], offsets: Offsets): Edit | string {
  const [from, to] = [typedStart(placing.from, offsets), typedStart(placing.to, offsets)];
  const minutes = typedMinutes(placing.minutes);
  if (!placing.codeId) return 'Choose the activity.';
  if (minutes === null) return NO_MINUTES;
  if (from === null || (placing.isBest && to === null)) return NO_START;
  const description = placing.description.trim();
  const edit: Edit = {
    type: 'placeActivity',
    userIds,
    activityCodeId: placing.codeId,
    lengthMinutes: minutes,
    ...(description && { description }),
  };
  if (!placing.isBest) return { ...edit, startDate: from };
  if (to === null || to <= from) return 'The time to look in must end after it begins.';
  return { ...edit, window: { startDate: from, endDate: to } };
}

/** The hours of a date to look in: of today only those that are to come, from the next quarter of an hour. */
export function windowOf(date: string, offsets: Offsets, nowMs: number): { from: string; to: string } {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const [start, end] = [instantAt(offsets, midnight), instantAt(offsets, midnight + 24 * 60 * MINUTE)];
  const next = Math.ceil(nowMs / (15 * MINUTE)) * 15 * MINUTE;
  const from = start < next && next < end ? next : start;
  return { from: fieldText(offsets, from), to: fieldText(offsets, end) };
}
