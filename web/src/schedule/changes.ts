import type { ActivityChange, ActivityShown, DayChange, ShiftChange, ShiftShown } from '../wire/api';
import { dayName } from './dates';
import {
  DAY,
  MINUTE,
  type Offsets,
  offsetsFromBrowser,
  timeText,
  trustServer,
  wallAt,
  wallFromText,
} from './offsets';

/** The names of activity codes by their ids. */
export type CodeNames = ReadonlyMap<string, string>;

const spanOf = ({ wallStart, wallEnd }: Pick<ShiftShown, 'wallStart' | 'wallEnd'>) =>
  `${dayName(wallStart.slice(0, 10))}, ${wallStart.slice(11, 16)}–${wallEnd.slice(11, 16)}`;

/** A sentence for each shift and whole day that a change touched. */
export function sentencesOf(
  change: { shifts: ShiftChange[]; fullDays: DayChange[] },
  codes: CodeNames,
): string[] {
  const ofShifts = change.shifts.map((shift) => shiftSentence(shift, codes));
  const ofDays = change.fullDays.map(({ before, after }) => {
    const date = dayName((after ?? before)?.businessUnitDate ?? '');
    if (!before) return `Day off added: ${date}.`;
    return after ? `Day off changed: ${date}.` : `Day off removed: ${date}.`;
  });
  return [...ofShifts, ...ofDays].filter((sentence) => sentence !== '');
}

function shiftSentence({ before, after, activities }: ShiftChange, codes: CodeNames): string {
  if (!before) return after ? `New shift: ${spanOf(after)}.` : '';
  if (!after) return `Shift removed: ${spanOf(before)}.`;
  const [was, is] = [spanOf(before), spanOf(after)];
  const movedMs = Date.parse(after.startDate) - Date.parse(before.startDate);
  const told = activities
    .filter((each) => !wentAlong(each, movedMs))
    .map((each) => activityText(each, before, after, codes));
  if (was !== is) return `${[`Shift moved: ${was}, now ${is}`, ...told].join('; ')}.`;
  return told.length === 0 ? `Shift changed: ${is}.` : `${is}: ${told.join('; ')}.`;
}

/** Whether an activity only went with its shift. */
function wentAlong({ before, after }: ActivityChange, movedMs: number): boolean {
  if (!before || !after || movedMs === 0) return false;
  const same = before.lengthMinutes === after.lengthMinutes;
  return same && Date.parse(after.startDate) - Date.parse(before.startDate) === movedMs;
}

/** `Meeting 10:00–10:30 added`. */
function activityText(
  { before, after }: ActivityChange,
  was: ShiftShown,
  is: ShiftShown,
  codes: CodeNames,
): string {
  const name = nameOf(after ?? before, codes);
  if (!before) return after ? `${name} ${activitySpan(after, is)} added` : '';
  if (!after) return `${name} ${activitySpan(before, was)} removed`;
  const [from, to] = [activitySpan(before, was), activitySpan(after, is)];
  if (before.startDate === after.startDate && from !== to) return `${name} ${from} is ${to} now`;
  if (from !== to) return `${name} moved from ${from} to ${to}`;
  return before.paid === after.paid
    ? `${name} ${to} changed`
    : `${name} ${to} is ${after.paid ? '' : 'not '}paid now`;
}

function nameOf(activity: ActivityShown | null | undefined, codes: CodeNames): string {
  return activity?.description || codes.get(activity?.activityCodeId ?? '') || 'Activity';
}

function activitySpan({ startDate, lengthMinutes }: ActivityShown, shift: ShiftShown): string {
  const offsets = offsetsIn(shift);
  const startMs = Date.parse(startDate);
  const [start, end] = [startMs, startMs + lengthMinutes * MINUTE].map((ms) => timeText(wallAt(offsets, ms)));
  return `${start}–${end}`;
}

type Placed = Pick<ShiftShown, 'startDate' | 'lengthMinutes' | 'wallStart' | 'wallEnd' | 'timeZone'>;

/** The offsets that the wall has during a shift, as the server resolved them. */
function offsetsIn({ startDate, lengthMinutes, wallStart, wallEnd, timeZone }: Placed): Offsets {
  const startMs = Date.parse(startDate);
  const endMs = startMs + lengthMinutes * MINUTE;
  const start = { instantMs: startMs, wallMs: wallFromText(wallStart) };
  const end = { instantMs: endMs, wallMs: wallFromText(wallEnd) };
  const offsetMs = start.wallMs - startMs;
  // Clocks seldom change, and only then is there more to find out.
  if (end.wallMs - endMs === offsetMs) return [{ fromMs: startMs, offsetMs }];
  return trustServer(offsetsFromBrowser(timeZone, startMs - DAY, endMs + DAY), [start, end]);
}

/** Those after the moment up to which one has seen, and the others. */
export function splitSeen<Change extends { revision: { at: string } }>(changes: Change[], seenMs: number) {
  const isNew = ({ revision }: Change) => Date.parse(revision.at) > seenMs;
  return { fresh: changes.filter(isNew), older: changes.filter((each) => !isNew(each)) };
}
