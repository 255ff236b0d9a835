import { expect, it } from 'vitest';
import { DAY, offsetsFromBrowser } from '../schedule/offsets';
import type { AgentChange, AgentPart, Shift, ShiftShown } from '../wire/api';
import { findAgents, layOutBoard, PAGE, pageOf, shiftsAfter } from './board';

const shift = (id: string, day: number, from = 6) =>
  ({
    id,
    startDate: `2023-10-${day}T${String(from + 5).padStart(2, '0')}:00:00Z`,
    lengthMinutes: 480,
    wallStart: `2023-10-${day}T${String(from).padStart(2, '0')}:00`,
    wallEnd: `2023-10-${day}T${from + 8}:00`,
    timeZone: 'America/Chicago',
    isSwap: false,
    schedule: { id: 'sch-1' },
    activities: [],
  }) as unknown as Shift;

const changeOf = (...shifts: { before?: Shift; after?: Shift }[]) =>
  ({
    user: { id: 'ann' },
    shifts: shifts as { before?: ShiftShown }[],
    fullDays: [],
  }) as unknown as AgentChange;

it('shows what a draft would make of the shifts that stand', () => {
  const standing = [shift('s-1', 24), shift('s-2', 25), shift('s-3', 26)];
  const after = shiftsAfter(
    standing,
    changeOf(
      { before: shift('s-1', 24), after: shift('s-1', 24, 9) },
      { before: shift('s-2', 25) },
      { after: shift('s-9', 23) },
    ),
  );
  expect(after.map((each) => [each.shift.id, each.shift.wallStart.slice(11), each.isNew])).toEqual([
    ['s-9', '06:00', true],
    ['s-1', '09:00', false],
    ['s-3', '06:00', false],
  ]);
  expect(shiftsAfter(standing, undefined).map((each) => each.shift)).toEqual(standing);
});

it('lays all agents of a page out on one axis', () => {
  const from = Date.parse('2023-10-23T00:00:00Z');
  const part = (...shifts: Shift[]) => ({ shifts, fullDayTimeOffMarkers: [] }) as unknown as AgentPart;
  const { rows, axis } = layOutBoard({
    agents: [
      { id: 'ann', name: 'Ann' },
      { id: 'bob', name: 'Bob' },
      { id: 'cem', name: 'Cem' },
    ],
    parts: new Map([
      ['ann', part(shift('s-1', 27))],
      ['bob', part(shift('s-2', 27, 12), shift('s-3', 28))],
    ]),
    changes: new Map([['bob', changeOf()]]),
    date: '2023-10-27',
    offsets: offsetsFromBrowser('America/Chicago', from, from + 7 * DAY),
    codes: [],
    nowMs: 0,
  });
  expect(rows.map(({ day, isDrafted }) => [day.bars.map((bar) => [bar.from, bar.to]), isDrafted])).toEqual([
    [[[360, 840]], false],
    [[[720, 1200]], true],
    [[], false],
  ]);
  expect(axis).toEqual({ from: 300, to: 1260 });
});

it('finds agents by a part of their name, in order', () => {
  const names = new Map([
    ['1', 'Zoe Clark'],
    ['2', 'Ana Ruiz'],
    ['3', 'Clara Zorn'],
  ]);
  expect(findAgents(['1', '2', '3', '4'], names, ' cla ').map(({ id }) => id)).toEqual(['3', '1']);
  // Who may not be named is there all the same.
  expect(findAgents(['1', '4'], names, '').map(({ name }) => name)).toEqual(['An agent', 'Zoe Clark']);
});

it('pages, and stays on a page that there is', () => {
  const all = Array.from({ length: 2 * PAGE + 1 }, (_, index) => index);
  expect(pageOf(all, 2)).toEqual({ shown: [2 * PAGE], page: 2, pages: 3 });
  expect(pageOf(all.slice(0, 3), 2)).toEqual({ shown: [0, 1, 2], page: 0, pages: 1 });
  expect(pageOf([], 0)).toEqual({ shown: [], page: 0, pages: 1 });
});
