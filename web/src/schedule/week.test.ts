import { describe, expect, it } from 'vitest';
import { lengthText } from '../foundation/time';
import type { ActivityCode, Shift, TimeOffRequest } from '../wire/api';
import { isDate } from './dates';
import { DAY, MINUTE, offsetsFromBrowser, wallAt } from './offsets';
import { requestLines } from './timeoff';
import { daySentence, layOutWeek, ticksOf, type WeekInput, weekStartOf } from './week';

const inUse = { active: true, agentTimeOffSelectable: false };
const CODES: ActivityCode[] = [
  { id: 'queue', name: 'On queue', category: 'OnQueueWork', ...inUse },
  { id: 'lunch', name: 'Lunch', category: 'Meal', ...inUse },
  { id: 'pto', name: 'Paid leave', category: 'TimeOff', ...inUse, agentTimeOffSelectable: true },
];

function week(weekStart: string, given: Partial<WeekInput> = {}) {
  const from = Date.parse(`${weekStart}T00:00:00Z`);
  return layOutWeek({
    weekStart,
    offsets: offsetsFromBrowser('America/Chicago', from - 2 * DAY, from + 9 * DAY),
    shifts: [],
    markers: [],
    timeOff: [],
    codes: CODES,
    nowMs: 0,
    ...given,
  });
}

function shift(id: string, startDate: string, lengthMinutes: number, more: Partial<Shift> = {}): Shift {
  const startMs = Date.parse(startDate);
  const endMs = startMs + lengthMinutes * MINUTE;
  const offsets = offsetsFromBrowser('America/Chicago', startMs - DAY, endMs + DAY);
  const wall = (ms: number) => new Date(wallAt(offsets, ms)).toISOString().slice(0, 16);
  return {
    id,
    startDate,
    lengthMinutes,
    activities: [],
    timeZone: 'America/Chicago',
    wallStart: wall(startMs),
    wallEnd: wall(endMs),
    isSwap: false,
    schedule: null,
    ...more,
  };
}

function request(
  id: string,
  status: TimeOffRequest['status'],
  more: Partial<TimeOffRequest>,
): TimeOffRequest {
  return {
    id,
    status,
    activityCodeId: 'pto',
    paid: true,
    fullDayManagementUnitDates: [],
    partialDayStartDateTimes: [],
    durationMinutes: [],
    ...more,
  };
}

describe('a week', () => {
  it.each([
    ['2023-10-27', 'Sunday', '2023-10-22'],
    ['2023-10-27', 'Monday', '2023-10-23'],
    ['2023-10-27', 'Saturday', '2023-10-21'],
    ['2023-10-27', 'Friday', '2023-10-27'],
  ] as const)('%s belongs to the week that begins on %s %s', (date, first, expected) => {
    expect(weekStartOf(date, first)).toBe(expected);
  });

  it('draws a swapped early shift under its own hours, with its activities', () => {
    const layout = week('2023-10-22', {
      shifts: [
        shift('early', '2023-10-27T11:00:00Z', 480, {
          isSwap: true,
          swapReason: 'Agent Preference',
          activities: [
            { startDate: '2023-10-27T11:00:00Z', lengthMinutes: 240, activityCodeId: 'queue', paid: true },
            { startDate: '2023-10-27T15:00:00Z', lengthMinutes: 30, activityCodeId: 'lunch', paid: false },
          ],
        }),
      ],
      nowMs: Date.parse('2023-10-27T10:45:00Z'),
    });
    const friday = layout.days[5];
    expect(friday).toMatchObject({ date: '2023-10-27', isToday: true, now: 5 * 60 + 45 });
    const bar = friday?.bars[0];
    expect(bar).toMatchObject({ from: 360, to: 840, continuesBefore: false, continuesAfter: false });
    expect(bar?.shift).toMatchObject({ start: '06:00', end: '14:00', swap: { reason: 'Agent Preference' } });
    expect(bar?.activities.map(({ facts, from, to }) => [facts.name, facts.category, from, to])).toEqual([
      ['On queue', 'OnQueueWork', 360, 600],
      ['Lunch', 'Meal', 600, 630],
    ]);
    expect(layout.axis).toEqual({ from: 300, to: 900 });
    expect(layout.categories).toEqual(['OnQueueWork', 'Meal']);
    expect(layout.days.filter((day) => day.isToday)).toHaveLength(1);
  });

  it.each([
    ['2023-10-29', '2023-11-05T03:00:00Z', 540, -60],
    ['2024-03-03', '2024-03-10T04:00:00Z', 420, 60],
  ])(
    'divides the Saturday night of the week of %s between two weeks',
    (weekStart, start, minutes, change) => {
      const night = shift('night', start, minutes);
      const saturday = week(weekStart, { shifts: [night] });
      expect(saturday.days[6]?.bars[0]).toMatchObject({ from: 22 * 60, to: 24 * 60, continuesAfter: true });
      expect(saturday.days[6]?.bars[0]?.shift).toMatchObject({
        start: '22:00',
        end: '06:00',
        lengthMinutes: minutes,
        clockChangeMinutes: change,
      });
      expect(saturday.scheduledMinutes).toBe(minutes);

      const sunday = week(saturday.days[6]?.date === '2023-11-04' ? '2023-11-05' : '2024-03-10', {
        shifts: [night],
      });
      expect(sunday.days[0]?.bars[0]).toMatchObject({ from: 0, to: 6 * 60, continuesBefore: true });
      expect(sunday.days[0]?.clockChangeMinutes).toBe(change);
      expect(sunday.scheduledMinutes).toBe(0);
    },
  );

  it('shows the server’s wall time when it differs from the browser’s', () => {
    const layout = week('2023-10-22', {
      shifts: [
        shift('x', '2023-10-27T11:00:00Z', 480, {
          wallStart: '2023-10-27T07:00:00',
          wallEnd: '2023-10-27T15:00:00',
        }),
      ],
    });
    expect(layout.days[5]?.bars[0]?.shift).toMatchObject({ start: '07:00', end: '15:00' });
  });

  it('sets time off beside the shifts, and leaves out what was denied or cancelled', () => {
    const timeOff = [
      request('hours', 'PENDING', {
        partialDayStartDateTimes: ['2023-10-28T13:00:00Z'],
        dailyDurationMinutes: 480,
      }),
      request('day', 'APPROVED', { fullDayManagementUnitDates: ['2023-10-24'] }),
      request('no', 'DENIED', { fullDayManagementUnitDates: ['2023-10-25'] }),
      request('gone', 'CANCELED', { fullDayManagementUnitDates: ['2023-10-25'] }),
    ];
    const layout = week('2023-10-22', {
      timeOff,
      markers: [
        { businessUnitDate: '2023-10-24', activityCodeId: 'pto', timeOffRequestId: 'day' },
        { businessUnitDate: '2023-10-26', activityCodeId: 'pto' },
      ],
    });
    expect(
      layout.days.map((day) => day.timeOff.map(({ status, from, to }) => `${status} ${from}-${to}`)),
    ).toEqual([[], [], ['APPROVED 0-1440'], [], ['APPROVED 0-1440'], [], ['PENDING 480-960']]);
    expect(layout.days[6] && daySentence(layout.days[6])).toBe(
      'no shift; Paid leave 08:00 to 16:00, pending',
    );
  });

  it('says a day in words', () => {
    const layout = week('2023-10-22', {
      shifts: [shift('n', '2023-10-28T03:00:00Z', 480, { isSwap: true, swapReason: 'Trade' })],
    });
    expect(layout.days[5] && daySentence(layout.days[5])).toBe('22:00 to 06:00 the next day, swapped: Trade');
    expect(layout.days[6] && daySentence(layout.days[6])).toBe('until 06:00, from the day before');
  });

  it('puts at most nine hours on the axis, inside it', () => {
    for (const axis of [
      { from: 0, to: 1440 },
      { from: 300, to: 900 },
      { from: 420, to: 1140 },
    ]) {
      const ticks = ticksOf(axis);
      expect(ticks.length).toBeLessThanOrEqual(9);
      expect(Math.min(...ticks)).toBeGreaterThanOrEqual(axis.from);
      expect(Math.max(...ticks)).toBeLessThanOrEqual(axis.to);
    }
  });
});

describe('a request for time off', () => {
  it('joins whole days in a row', () => {
    const lines = requestLines(
      request('r', 'PENDING', {
        fullDayManagementUnitDates: ['2023-12-24', '2023-12-22', '2023-12-23', '2023-12-27'],
      }),
      [{ fromMs: 0, offsetMs: 0 }],
    );
    expect(lines).toEqual([
      { from: '2023-12-22', to: '2023-12-24', hours: null },
      { from: '2023-12-27', to: '2023-12-27', hours: null },
    ]);
  });
});

it('calls hours from midnight to midnight a whole day, also one of 25 hours', () => {
  const asked = request('r', 'APPROVED', {
    partialDayStartDateTimes: ['2023-11-04T05:00:00Z', '2023-11-05T05:00:00Z', '2023-11-06T06:00:00Z'],
    durationMinutes: [1440, 1500, 480],
  });
  const offsets = offsetsFromBrowser('America/Chicago', Date.parse('2023-11-01'), Date.parse('2023-11-10'));
  expect(requestLines(asked, offsets)).toEqual([
    { from: '2023-11-04', to: '2023-11-05', hours: null },
    { from: '2023-11-06', to: '2023-11-06', hours: '00:00–08:00' },
  ]);
  const days = [
    ...week('2023-10-30', { timeOff: [asked] }).days,
    ...week('2023-11-06', { timeOff: [asked] }).days,
  ];
  expect(days.flatMap((day) => day.timeOff.map(({ hours }) => hours?.end ?? 'all day'))).toEqual([
    'all day',
    'all day',
    '08:00',
  ]);
});

it('takes no week from an address but one that a schedule may hold', () => {
  const no = ['2023-13-01', '0001-01-01', '9999-12-31', '2023-10-27T06:00', 'x', 20231027, undefined];
  expect(isDate('2023-10-27')).toBe(true);
  expect(no.map(isDate)).toEqual(no.map(() => false));
});

it('reads lengths aloud', () => {
  expect([0, 45, 60, 510].map(lengthText)).toEqual(['0 m', '45 m', '1 h', '8 h 30 m']);
});
