import { expect, it } from 'vitest';
import type { EditsAnswer } from '../wire/api';
import { coverageText, differenceText, editText, revisionText, ruleText } from './telling';

const offsets = [{ fromMs: 0, offsetMs: -5 * 3_600_000 }];
const teller = { names: new Map([['ann', 'Ann Lee']]), codes: new Map([['3', 'Meeting']]), offsets };
const startDate = '2023-10-27T15:00:00Z';

it('tells each kind of edit in a sentence', () => {
  const told = (edit: Parameters<typeof editText>[0]) => editText(edit, 'Break 08:00–08:15', teller);
  const one = { userId: 'ann', shiftId: 's-1' };
  expect([
    told({ type: 'addActivity', userId: 'ann', activityCodeId: '3', startDate, lengthMinutes: 30 }),
    told({ type: 'moveActivity', ...one, startDate }),
    told({ type: 'resizeActivity', ...one, lengthMinutes: 75 }),
    told({ type: 'splitActivity', ...one, startDate, activityCodeId: '3' }),
    told({ type: 'removeActivity', ...one }),
    told({ type: 'addShift', userId: 'ann', startDate, lengthMinutes: 480 }),
    told({ type: 'resizeShift', ...one, startDate, lengthMinutes: 480 }),
  ]).toEqual([
    'Ann Lee: Meeting added, Fri 27 Oct, 10:00–10:30.',
    'Ann Lee: Break 08:00–08:15 moved to Fri 27 Oct, 10:00.',
    'Ann Lee: Break 08:00–08:15 lasts 1 h 15 m.',
    'Ann Lee: Break 08:00–08:15 split at Fri 27 Oct, 10:00, then Meeting.',
    'Ann Lee: Break 08:00–08:15 removed.',
    'Ann Lee: New shift, Fri 27 Oct, 10:00–18:00.',
    'Ann Lee: Break 08:00–08:15 is Fri 27 Oct, 10:00–18:00 now.',
  ]);
});

it('tells for whom and when an activity is placed', () => {
  const place = { type: 'placeActivity', activityCodeId: '3', lengthMinutes: 30 } as const;
  const window = { startDate, endDate: '2023-10-27T19:00:00Z' };
  expect(editText({ ...place, userIds: ['ann'], startDate }, '', teller)).toBe(
    'Meeting for Ann Lee, Fri 27 Oct, 10:00–10:30.',
  );
  expect(editText({ ...place, userIds: ['ann', 'bob'], window, description: 'All hands' }, '', teller)).toBe(
    'All hands of 30 m for 2 agents, each at their best time from Fri 27 Oct, 10:00 to Fri 27 Oct, 14:00.',
  );
});

it('tells the worst and the best quarter of an hour', () => {
  const quarter = (time: string, agentsDifference: number) =>
    ({ startDate: `2023-10-27T${time}:00Z`, agentsDifference }) as EditsAnswer['coverage'][number];
  expect(coverageText([], offsets)).toBeNull();
  expect(coverageText([quarter('15:00', -1), quarter('15:15', -3), quarter('16:00', 0.5)], offsets)).toBe(
    'On queue: at most 3 fewer, at Fri 27 Oct, 10:15; at most 0.5 more, at Fri 27 Oct, 11:00.',
  );
});

it('knows the rules, and those of work plans, whatever their names', () => {
  expect(ruleText('rest.too.short')).toBe('Too little rest between shifts');
  expect(ruleText('workplan.days.in.a.row')).toBe('Work plan: days in a row');
  expect(ruleText('something.new')).toBe('something new');
});

it('tells what made a revision, and by how much pay differs', () => {
  expect(revisionText({ kind: 'edit' })).toBe('Edited');
  expect(revisionText({ kind: 'republish', restores: 2 })).toBe('Version 2 put into force again');
  expect([0, 30, -90].map(differenceText)).toEqual(['the same', '+30 m', '−1 h 30 m']);
});
