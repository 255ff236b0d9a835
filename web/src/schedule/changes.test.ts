import { expect, test } from 'vitest';
import type { ActivityShown, DayChange, ShiftChange, ShiftShown } from '../wire/api';
import { sentencesOf, splitSeen } from './changes';

const CODES = new Map([
  ['1', 'Break'],
  ['3', 'Meeting'],
]);

/** A shift in Chicago on 27 October 2023, five hours behind UTC. */
const shift = (from: number, to: number) =>
  ({
    startDate: `2023-10-27T${String(from + 5).padStart(2, '0')}:00:00Z`,
    lengthMinutes: (to - from) * 60,
    wallStart: `2023-10-27T${String(from).padStart(2, '0')}:00`,
    wallEnd: `2023-10-27T${String(to).padStart(2, '0')}:00`,
    timeZone: 'America/Chicago',
  }) as ShiftShown;

const activity = (time: string, activityCodeId: string, rest: Partial<ActivityShown> = {}) =>
  ({
    startDate: `2023-10-27T${time}:00Z`,
    lengthMinutes: 30,
    activityCodeId,
    paid: true,
    ...rest,
  }) as ActivityShown;

const told = (
  before: ShiftShown | null,
  after: ShiftShown | null,
  activities: { before?: ActivityShown; after?: ActivityShown }[] = [],
) => sentencesOf({ shifts: [{ before, after, activities } as ShiftChange], fullDays: [] }, CODES)[0];

test('what came after the last look is new', () => {
  const [old, late] = ['2023-10-27T08:00:00Z', '2023-10-27T09:00:00Z'].map((at) => ({ revision: { at } }));
  const all = [late, old].filter((each) => each !== undefined);
  expect(splitSeen(all, Date.parse('2023-10-27T08:00:00Z'))).toEqual({ fresh: [late], older: [old] });
});

test('each shift that changed has a sentence', () => {
  const [early, late] = [shift(6, 14), shift(9, 17)];
  expect(told(null, early)).toBe('New shift: Fri 27 Oct, 06:00–14:00.');
  expect(told(early, null)).toBe('Shift removed: Fri 27 Oct, 06:00–14:00.');
  expect(told(early, late)).toBe('Shift moved: Fri 27 Oct, 06:00–14:00, now Fri 27 Oct, 09:00–17:00.');
  expect(told(early, early)).toBe('Shift changed: Fri 27 Oct, 06:00–14:00.');
});

test('each activity that changed is told with its times on the wall', () => {
  const early = shift(6, 14);
  const at = 'Fri 27 Oct, 06:00–14:00';
  const meeting = activity('15:00', '3');
  expect(told(early, early, [{ after: meeting }])).toBe(`${at}: Meeting 10:00–10:30 added.`);
  expect(told(early, early, [{ before: meeting }])).toBe(`${at}: Meeting 10:00–10:30 removed.`);
  const later = activity('15:30', '3');
  expect(told(early, early, [{ before: meeting, after: later }])).toBe(
    `${at}: Meeting moved from 10:00–10:30 to 10:30–11:00.`,
  );
  const shorter = activity('15:00', '3', { lengthMinutes: 15 });
  expect(told(early, early, [{ before: meeting, after: shorter }])).toBe(
    `${at}: Meeting 10:00–10:30 is 10:00–10:15 now.`,
  );
  const unpaid = activity('15:00', '3', { paid: false });
  expect(told(early, early, [{ before: meeting, after: unpaid }])).toBe(
    `${at}: Meeting 10:00–10:30 is not paid now.`,
  );
  const named = activity('15:00', '3', { description: 'All hands' });
  expect(told(early, early, [{ after: named }, { before: activity('13:00', '1') }])).toBe(
    `${at}: All hands 10:00–10:30 added; Break 08:00–08:30 removed.`,
  );
});

test('what went along with its shift is not told by itself', () => {
  const [early, late] = [shift(6, 14), shift(9, 17)];
  const along = { before: activity('13:00', '1'), after: activity('16:00', '1') };
  const own = { before: activity('15:00', '3'), after: activity('20:00', '3') };
  expect(told(early, late, [along, own])).toBe(
    'Shift moved: Fri 27 Oct, 06:00–14:00, now Fri 27 Oct, 09:00–17:00; Meeting moved from 10:00–10:30 to 15:00–15:30.',
  );
});

test('an activity after the night on which clocks go back stands where the wall shows it', () => {
  const night = {
    startDate: '2023-11-05T03:00:00Z',
    lengthMinutes: 540,
    wallStart: '2023-11-04T22:00',
    wallEnd: '2023-11-05T06:00',
    timeZone: 'America/Chicago',
  } as ShiftShown;
  const late = activity('', '3', { startDate: '2023-11-05T10:00:00Z' });
  expect(told(night, night, [{ after: late }])).toContain('Meeting 04:00–04:30 added');
});

test('days off are told by their date', () => {
  const day = { businessUnitDate: '2023-10-30' };
  const change = (before: unknown, after: unknown) =>
    sentencesOf({ shifts: [], fullDays: [{ before, after } as DayChange] }, CODES);
  expect(change(null, day)).toEqual(['Day off added: Mon 30 Oct.']);
  expect(change(day, null)).toEqual(['Day off removed: Mon 30 Oct.']);
});
