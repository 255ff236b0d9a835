import type { ActivityCategory, ActivityCode, Shift, ShiftActivity } from '../wire/api';
import { dateText, MINUTE, type Offsets, timeText, wallAt, wallFromText } from './offsets';

export type Codes = ReadonlyMap<string, ActivityCode>;

/** A shift in the words of its own zone. */
export interface ShiftFacts {
  id: string;
  startMs: number;
  endMs: number;
  start: string;
  end: string;
  startDate: string;
  endDate: string;
  /** Elapsed, which is not the difference of two wall times when clocks change in between. */
  lengthMinutes: number;
  clockChangeMinutes: number;
  swap: { reason: string | null } | null;
  /** The schedule that it stands in. */
  schedule: Shift['schedule'];
  activities: ActivityFacts[];
}

export interface ActivityFacts {
  id: string;
  startMs: number;
  endMs: number;
  start: string;
  end: string;
  lengthMinutes: number;
  category: ActivityCategory;
  name: string;
  paid: boolean;
}

export function shiftFacts(shift: Shift, offsets: Offsets, codes: Codes): ShiftFacts {
  const startMs = Date.parse(shift.startDate);
  const endMs = startMs + shift.lengthMinutes * MINUTE;
  const wallStart = wallFromText(shift.wallStart);
  const wallEnd = wallFromText(shift.wallEnd);
  return {
    id: shift.id,
    startMs,
    endMs,
    start: timeText(wallStart),
    end: timeText(wallEnd),
    startDate: dateText(wallStart),
    endDate: dateText(wallEnd),
    lengthMinutes: shift.lengthMinutes,
    clockChangeMinutes: (wallEnd - wallStart) / MINUTE - shift.lengthMinutes,
    schedule: shift.schedule,
    swap: shift.isSwap ? { reason: shift.swapReason ?? null } : null,
    activities: shift.activities.map((activity, index) =>
      activityFacts(activity, `${shift.id}/${index}`, offsets, codes),
    ),
  };
}

function activityFacts(activity: ShiftActivity, id: string, offsets: Offsets, codes: Codes): ActivityFacts {
  const code = codes.get(activity.activityCodeId);
  const startMs = Date.parse(activity.startDate);
  const endMs = startMs + activity.lengthMinutes * MINUTE;
  return {
    id,
    startMs,
    endMs,
    start: timeText(wallAt(offsets, startMs)),
    end: timeText(wallAt(offsets, endMs)),
    lengthMinutes: activity.lengthMinutes,
    category: code?.category ?? 'OnQueueWork',
    name: activity.description || code?.name || 'Activity',
    paid: activity.paid,
  };
}
