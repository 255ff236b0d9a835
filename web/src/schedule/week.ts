import type {
  ActivityCategory,
  ActivityCode,
  FullDayTimeOffMarker,
  Shift,
  TimeOffRequest,
  WeekDay,
} from '../wire/api';
import { axisMinute, type LocalDay, localDay } from './day';
import { addDays, type Offsets } from './offsets';
import { type ActivityFacts, type Codes, type ShiftFacts, shiftFacts } from './shift';
import { markerBars, requestBars, type TimeOffBar } from './timeoff';

export interface WeekInput {
  /** The week's first date. */
  weekStart: string;
  offsets: Offsets;
  shifts: Shift[];
  markers: FullDayTimeOffMarker[];
  timeOff: TimeOffRequest[];
  codes: ActivityCode[];
  nowMs: number;
}

export interface WeekLayout {
  days: DayLayout[];
  axis: Axis;
  scheduledMinutes: number;
  categories: ActivityCategory[];
}

/** The stretch of the day that is drawn, in wall minutes since midnight. */
export interface Axis {
  from: number;
  to: number;
}

export interface DayLayout {
  date: string;
  /** False for a date that the zone skipped. */
  exists: boolean;
  isToday: boolean;
  clockChangeMinutes: number;
  now: number | null;
  bars: ShiftBar[];
  timeOff: TimeOffBar[];
}

export interface ShiftBar {
  shift: ShiftFacts;
  from: number;
  to: number;
  /** The shift began on the day before, or ends on the day after. */
  continuesBefore: boolean;
  continuesAfter: boolean;
  activities: { facts: ActivityFacts; from: number; to: number }[];
}

const WEEK_DAYS: WeekDay[] = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const HOUR = 60;
const WHOLE_DAY: Axis = { from: 0, to: 24 * HOUR };
const NARROWEST = 10 * HOUR;

export function weekStartOf(date: string, firstDay: WeekDay): string {
  const weekDay = new Date(`${date}T00:00:00Z`).getUTCDay();
  return addDays(date, -((weekDay - WEEK_DAYS.indexOf(firstDay) + 7) % 7));
}

export function layOutWeek(input: WeekInput): WeekLayout {
  const codes: Codes = new Map(input.codes.map((code) => [code.id, code]));
  const shifts = input.shifts.map((shift) => shiftFacts(shift, input.offsets, codes));
  const days = Array.from({ length: 7 }, (_, index): DayLayout => {
    const day = localDay(input.offsets, addDays(input.weekStart, index));
    const isToday = day.startMs <= input.nowMs && input.nowMs < day.endMs;
    return {
      date: day.date,
      exists: day.parts.length > 0,
      isToday,
      clockChangeMinutes: day.clockChangeMinutes,
      now: isToday ? axisMinute(day, input.nowMs) : null,
      bars: shifts.flatMap((shift) => shiftBar(day, shift)).sort((a, b) => a.from - b.from),
      timeOff: [
        ...requestBars(day, input.timeOff, input.offsets, codes),
        ...markerBars(day.date, input.markers, input.timeOff, codes),
      ],
    };
  });
  const dates = new Set(days.map(({ date }) => date));
  return {
    days,
    axis: axisOf(days),
    scheduledMinutes: shifts
      .filter(({ startDate }) => dates.has(startDate))
      .reduce((sum, { lengthMinutes }) => sum + lengthMinutes, 0),
    categories: categoriesOf(days),
  };
}

function shiftBar(day: LocalDay, shift: ShiftFacts): ShiftBar[] {
  const cut = clip(day, shift);
  if (cut === null) return [];
  return [
    {
      shift,
      ...cut,
      continuesBefore: shift.startMs < day.startMs,
      continuesAfter: shift.endMs > day.endMs,
      activities: shift.activities.flatMap((facts) => {
        const part = clip(day, facts);
        return part === null ? [] : [{ facts, ...part }];
      }),
    },
  ];
}

function clip(
  day: LocalDay,
  { startMs, endMs }: { startMs: number; endMs: number },
): { from: number; to: number } | null {
  const [from, to] = [Math.max(startMs, day.startMs), Math.min(endMs, day.endMs)];
  return from < to ? { from: axisMinute(day, from), to: axisMinute(day, to, 'end') } : null;
}

/** One axis for all days, in whole hours, with an hour of air around what there is. */
export function axisOf(days: DayLayout[]): Axis {
  const drawn = days.flatMap((day) => [...day.bars, ...day.timeOff.filter(({ hours }) => hours !== null)]);
  if (drawn.length === 0) return { from: 7 * HOUR, to: 19 * HOUR };
  let from = Math.max(0, Math.floor(Math.min(...drawn.map((bar) => bar.from)) / HOUR) * HOUR - HOUR);
  let to = Math.min(WHOLE_DAY.to, Math.ceil(Math.max(...drawn.map((bar) => bar.to)) / HOUR) * HOUR + HOUR);
  while (to - from < NARROWEST) {
    from = Math.max(0, from - HOUR);
    to = Math.min(WHOLE_DAY.to, to + HOUR);
  }
  return { from, to };
}

/** Hours with a label, at most nine of them. */
export function ticksOf(axis: Axis): number[] {
  const hours = (axis.to - axis.from) / HOUR;
  const step = ([1, 2, 3].find((each) => hours / each <= 8) ?? 3) * HOUR;
  const ticks: number[] = [];
  for (let minute = Math.ceil(axis.from / step) * step; minute <= axis.to; minute += step) ticks.push(minute);
  return ticks;
}

function categoriesOf(days: DayLayout[]): ActivityCategory[] {
  const all = days.flatMap((day) =>
    day.bars.flatMap((bar) => bar.activities.map(({ facts }) => facts.category)),
  );
  return [...new Set(all)];
}

/** The week as sentences, for those who do not see the bars. */
export function daySentence(day: DayLayout): string {
  const shifts = day.bars.map((bar) => {
    if (bar.continuesBefore) return `until ${bar.shift.end}, from the day before`;
    const swap = bar.shift.swap
      ? `, swapped${bar.shift.swap.reason ? `: ${bar.shift.swap.reason}` : ''}`
      : '';
    return `${bar.shift.start} to ${bar.shift.end}${bar.continuesAfter ? ' the next day' : ''}${swap}`;
  });
  const timeOff = day.timeOff.map(({ name, status, hours }) => {
    const when = hours ? `${hours.start} to ${hours.end}` : 'all day';
    return `${name} ${when}, ${status.toLowerCase()}`;
  });
  const said = [...(shifts.length > 0 ? shifts : ['no shift']), ...timeOff];
  return said.join('; ');
}
