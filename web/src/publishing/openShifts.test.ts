import { expect, it } from 'vitest';
import type { PlannedOpenShift } from '../wire/api';
import { editOf } from './asking';
import { isUndecided, openingOf, orderOpenShifts, peopleOfOpenShifts, standingOf } from './openShifts';

const OFFSETS = [{ fromMs: Date.parse('2023-10-01T00:00:00Z'), offsetMs: -5 * 3_600_000 }];
const ZONE = 'America/Chicago';
const NAMES = new Map([
  ['id-1', 'Ann Lee'],
  ['id-2', 'Ben Carter'],
]);
const shift = (more: Partial<PlannedOpenShift>) =>
  ({ id: 's', state: 'Open', inForce: true, startDate: '2023-10-28T14:00:00Z', ...more }) as PlannedOpenShift;

it('shows what waits first, each by its start', () => {
  const found = [
    shift({ id: 'taken', state: 'Taken', startDate: '2023-10-26T14:00:00Z' }),
    shift({ id: 'late', startDate: '2023-10-29T14:00:00Z' }),
    shift({ id: 'claimed', state: 'Claimed' }),
  ];
  expect(orderOpenShifts(found).map(({ id }) => id)).toEqual(['claimed', 'late', 'taken']);
  expect(found.map(isUndecided)).toEqual([false, true, true]);
});

it('says who has it, whose it was, and why', () => {
  const taken = shift({
    state: 'Taken',
    takenBy: { id: 'id-1' },
    takenInRevision: 7,
    takenFrom: { id: 'id-2' },
    reason: 'Ben is ill',
    decidedBy: { code: 'trade.automatic', sentence: 'Nothing asks for a review.' },
  });
  expect(standingOf(taken, NAMES, ZONE)).toEqual([
    'Taken by Ann Lee, in version 7.',
    'It was Ben Carter’s.',
    'Why: Ben is ill',
  ]);
  expect(peopleOfOpenShifts([taken, shift({})])).toEqual(['id-1', 'id-2']);
  expect(standingOf(shift({ state: 'Claimed', takenBy: { id: 'who' } }), NAMES, ZONE)).toEqual([
    'Claimed by an agent.',
  ]);
  expect(standingOf(shift({ inForce: false }), NAMES, ZONE)).toEqual([
    'Nobody can take it: the shift is worked again.',
  ]);
  const withdrawn = { code: 'open.shift.withdrawn', sentence: 'A planner withdrew it.' };
  expect(standingOf(shift({ state: 'Withdrawn', decidedBy: withdrawn }), NAMES, ZONE)).toEqual([
    'A planner withdrew it.',
  ]);
});

it('asks for a new one as it was typed, or says what is missing', () => {
  const typed = { start: '2023-10-29T09:00', minutes: '480', reason: ' Sale ' };
  expect(openingOf('mu', typed, OFFSETS)).toEqual({
    managementUnitId: 'mu',
    startDate: '2023-10-29T14:00:00.000Z',
    lengthMinutes: 480,
    reason: 'Sale',
  });
  expect(openingOf('mu', { ...typed, reason: ' ' }, OFFSETS)).not.toHaveProperty('reason');
  expect(openingOf('mu', { ...typed, start: '' }, OFFSETS)).toBe('Say when it starts: a date and a time.');
  expect(openingOf('mu', { ...typed, minutes: '0' }, OFFSETS)).toBe('Say how many minutes it lasts.');
});

it('takes an agent’s shift from them by naming it alone', () => {
  const typed = { start: '2023-10-29T09:00', minutes: '480', codeId: '' };
  const place = { offsets: OFFSETS, startDate: '2023-10-28T14:00:00Z' };
  expect(editOf('openShift', { userId: 'id-1', shiftId: 's-1' }, typed, place)).toEqual({
    type: 'openShift',
    userId: 'id-1',
    shiftId: 's-1',
  });
});
