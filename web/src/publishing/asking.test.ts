import { expect, it } from 'vitest';
import { additionOf, editOf, fieldText, type Placing, placementOf, typedStart, windowOf } from './asking';

/** Chicago in the autumn of 2023: clocks go back on 5 November at 02:00. */
const OFFSETS = [
  { fromMs: Date.parse('2023-10-01T00:00:00Z'), offsetMs: -5 * 3_600_000 },
  { fromMs: Date.parse('2023-11-05T07:00:00Z'), offsetMs: -6 * 3_600_000 },
];
const place = { offsets: OFFSETS, startDate: '2023-10-27T15:00:00Z' };
const target = { userId: 'ann', shiftId: 's-1', activityStartDate: '2023-10-27T15:00:00Z' };
const typed = { start: '2023-10-27T10:30', minutes: '45', codeId: '' };
const HALF_PAST = '2023-10-27T15:30:00.000Z';

it('asks of one activity what its kind of edit needs, and no more', () => {
  expect(editOf('moveActivity', target, typed, place)).toEqual({
    type: 'moveActivity',
    ...target,
    startDate: HALF_PAST,
  });
  expect(editOf('resizeActivity', target, typed, place)).toEqual({
    type: 'resizeActivity',
    ...target,
    lengthMinutes: 45,
  });
  expect(editOf('splitActivity', target, { ...typed, codeId: '6' }, place)).toEqual({
    type: 'splitActivity',
    ...target,
    startDate: HALF_PAST,
    activityCodeId: '6',
  });
  expect(editOf('removeActivity', target, typed, place)).toEqual({ type: 'removeActivity', ...target });
  expect(editOf('resizeShift', { userId: 'ann', shiftId: 's-1' }, typed, place)).toEqual({
    type: 'resizeShift',
    userId: 'ann',
    shiftId: 's-1',
    startDate: HALF_PAST,
    lengthMinutes: 45,
  });
});

it('says what is missing, in a sentence', () => {
  expect(editOf('moveActivity', target, { ...typed, start: '' }, place)).toMatch(/^Say when/);
  expect(editOf('moveActivity', target, { ...typed, start: '2023-10-27T10:00' }, place)).toMatch(/already/);
  for (const minutes of ['', '0', '-5', '1.5', 'x'])
    expect(editOf('resizeActivity', target, { ...typed, minutes }, place)).toMatch(/^Say how many minutes/);
  expect(additionOf('addActivity', 'ann', typed, OFFSETS)).toBe('Choose the activity.');
  expect(additionOf('addShift', 'ann', typed, OFFSETS)).toEqual({
    type: 'addShift',
    userId: 'ann',
    startDate: HALF_PAST,
    lengthMinutes: 45,
  });
});

it('keeps which of two equal times it was, while nobody types another', () => {
  const second = '2023-11-05T07:30:00.000Z';
  expect(fieldText(OFFSETS, Date.parse(second))).toBe('2023-11-05T01:30');
  expect(typedStart('2023-11-05T01:30', OFFSETS, second)).toBe(second);
  expect(typedStart('2023-11-05T01:30', OFFSETS)).toBe('2023-11-05T06:30:00.000Z');
});

const placing: Placing = {
  codeId: '3',
  minutes: '30',
  description: ' All hands ',
  isBest: true,
  from: '2023-10-28T08:00',
  to: '2023-10-28T12:00',
};

it('places one activity for many in a window, or at one instant', () => {
  expect(placementOf(placing, ['ann', 'bob'], OFFSETS)).toEqual({
    type: 'placeActivity',
    userIds: ['ann', 'bob'],
    activityCodeId: '3',
    lengthMinutes: 30,
    description: 'All hands',
    window: { startDate: '2023-10-28T13:00:00.000Z', endDate: '2023-10-28T17:00:00.000Z' },
  });
  const atOnce = placementOf({ ...placing, isBest: false, to: '' }, ['ann'], OFFSETS);
  expect(atOnce).toMatchObject({ startDate: '2023-10-28T13:00:00.000Z' });
  expect(atOnce).not.toHaveProperty('window');
  expect(placementOf({ ...placing, to: placing.from }, ['ann'], OFFSETS)).toMatch(/must end after/);
  expect(placementOf({ ...placing, to: '' }, ['ann'], OFFSETS)).toMatch(/^Say when/);
  expect(placementOf({ ...placing, codeId: '' }, ['ann'], OFFSETS)).toBe('Choose the activity.');
});

it('looks for a time in the whole day, and of today only in what is to come', () => {
  const now = Date.parse('2023-10-27T10:47:00Z');
  expect(windowOf('2023-10-28', OFFSETS, now)).toEqual({ from: '2023-10-28T00:00', to: '2023-10-29T00:00' });
  expect(windowOf('2023-10-27', OFFSETS, now)).toEqual({ from: '2023-10-27T06:00', to: '2023-10-28T00:00' });
  // A day that is over can still be put right.
  expect(windowOf('2023-10-26', OFFSETS, now).from).toBe('2023-10-26T00:00');
});
