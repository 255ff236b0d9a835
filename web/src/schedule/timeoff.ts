import type { Tone } from '../design/components';
import type { FullDayTimeOffMarker, TimeOffRequest, TimeOffStatus } from '../wire/api';
import { dayName, fullDate, weekdayName } from './dates';
import { axisMinute, type LocalDay, localDay } from './day';
import { addDays, dateText, MINUTE, type Offsets, timeText, wallAt } from './offsets';
import type { Codes } from './shift';

/** Time off as it stands beside the shifts of one day. */
export interface TimeOffBar {
  id: string;
  from: number;
  to: number;
  status: TimeOffStatus;
  name: string;
  /** Null for a whole day. */
  hours: { start: string; end: string } | null;
}

const DAY_MINUTES = 1440;

/** Requests that still matter for the day: a cancelled or denied one leaves the day as it was. */
export function requestBars(
  day: LocalDay,
  requests: TimeOffRequest[],
  offsets: Offsets,
  codes: Codes,
): TimeOffBar[] {
  return requests
    .filter(({ status }) => status === 'PENDING' || status === 'APPROVED')
    .flatMap((request): TimeOffBar[] => {
      const common = { id: request.id, status: request.status, name: timeOffName(request, codes) };
      if (request.fullDayManagementUnitDates.includes(day.date)) {
        return [{ ...common, from: 0, to: DAY_MINUTES, hours: null }];
      }
      return partialSpans(request).flatMap(({ startMs, endMs }, index) => {
        const [from, to] = [Math.max(startMs, day.startMs), Math.min(endMs, day.endMs)];
        if (from >= to) return [];
        const whole = startMs <= day.startMs && endMs >= day.endMs;
        const hours = { start: timeText(wallAt(offsets, startMs)), end: timeText(wallAt(offsets, endMs)) };
        return [
          {
            ...common,
            id: `${request.id}/${index}`,
            from: axisMinute(day, from),
            to: axisMinute(day, to, 'end'),
            hours: whole ? null : hours,
          },
        ];
      });
    });
}

/** Whole days off that the schedule itself holds, without those that a request already shows. */
export function markerBars(
  date: string,
  markers: FullDayTimeOffMarker[],
  shown: TimeOffRequest[],
  codes: Codes,
): TimeOffBar[] {
  const requested = new Set(shown.map(({ id }) => id));
  return markers
    .filter((marker) => marker.businessUnitDate === date && !requested.has(marker.timeOffRequestId ?? ''))
    .map((marker) => ({
      id: `marker/${marker.timeOffRequestId ?? date}`,
      from: 0,
      to: DAY_MINUTES,
      status: 'APPROVED',
      name: marker.description || codes.get(marker.activityCodeId)?.name || 'Time off',
      hours: null,
    }));
}

export function timeOffName(request: TimeOffRequest, codes: Codes): string {
  const name = codes.get(request.activityCodeId)?.name;
  return name ?? (request.paid ? 'Paid time off' : 'Time off');
}

function partialSpans(request: TimeOffRequest): { startMs: number; endMs: number }[] {
  return request.partialDayStartDateTimes.map((start, index) => {
    const startMs = Date.parse(start);
    const minutes = request.durationMinutes[index] ?? request.dailyDurationMinutes ?? 0;
    return { startMs, endMs: startMs + minutes * MINUTE };
  });
}

/** A part of a request: one day, or whole days in a row. */
export interface RequestLine {
  from: string;
  to: string;
  /** Null for whole days. */
  hours: string | null;
}

export function requestLines(request: TimeOffRequest, offsets: Offsets): RequestLine[] {
  const dates = [...request.fullDayManagementUnitDates];
  const partial = partialSpans(request).flatMap(({ startMs, endMs }): RequestLine[] => {
    const date = dateText(wallAt(offsets, startMs));
    const day = localDay(offsets, date);
    if (startMs === day.startMs && endMs === day.endMs) {
      // Asked for in hours, but from midnight to midnight.
      dates.push(date);
      return [];
    }
    const hours = `${timeText(wallAt(offsets, startMs))}–${timeText(wallAt(offsets, endMs))}`;
    return [{ from: date, to: date, hours }];
  });
  const lines = [...wholeDays(dates), ...partial];
  return lines.sort((a, b) => a.from.localeCompare(b.from));
}

const STATES: Record<TimeOffStatus, { tone: Tone; text: string }> = {
  PENDING: { tone: 'wait', text: 'Pending' },
  APPROVED: { tone: 'good', text: 'Approved' },
  DENIED: { tone: 'bad', text: 'Denied' },
  CANCELED: { tone: 'off', text: 'Cancelled' },
};

/** How a request stands. */
export function requestState({ status, substatus }: TimeOffRequest): { tone: Tone; text: string } {
  const waits = status === 'PENDING' && substatus === 'Waitlisted';
  return waits ? { tone: 'wait', text: 'On the wait list' } : STATES[status];
}

/** Why it stands so, and what it met in the schedule; the server's sentences. */
export function requestReasons({ ruling, conflicts }: TimeOffRequest): string[] {
  const met = conflicts?.map(({ sentence }) => sentence) ?? [];
  return [...new Set(ruling ? [ruling.sentence, ...met] : met)];
}

/** `Sat 28 – Sun 29 Oct 2023, all day`. */
export function lineText({ from, to, hours }: RequestLine): string {
  const first = from === to ? '' : `${dayName(from)} – `;
  return `${first}${weekdayName(to)} ${fullDate(to)}, ${hours ?? 'all day'}`;
}

function wholeDays(dates: string[]): RequestLine[] {
  const lines: RequestLine[] = [];
  for (const date of [...dates].sort()) {
    const last = lines.at(-1);
    if (last && addDays(last.to, 1) === date) last.to = date;
    else lines.push({ from: date, to: date, hours: null });
  }
  return lines;
}
