import { describe, expect, it } from 'vitest';
import { offsetsFromBrowser } from '../schedule/offsets';
import type { Assertion } from '../wire/api';
import { assertionOf, assertionText, newAssertion, typedAssertion } from './assertions';

const ZONE = 'America/Chicago';
const NOON = Date.parse('2023-10-27T17:00:00Z');
const OFFSETS = offsetsFromBrowser(ZONE, NOON - 60 * 86_400_000, NOON + 60 * 86_400_000);
const NAMES = new Map([['u-1', 'Ana']]);
const ANA = { id: 'u-1', name: 'Ana' };

const KEPT: Assertion = {
  ...{ id: 'a-1', name: 'Early', user_ids: ['u-1'], action: 'connect', allowed: true, blocks: true },
  ...{ at: null, weekdays: [1, 2, 3, 4, 5], wall_time: '06:00', time_zone: ZONE },
  ...{ version: 1, holds: true, breaches: [] },
};

describe('an assertion', () => {
  it('is typed and sent as it is kept', () => {
    const found = assertionOf(typedAssertion(KEPT, NAMES, 'UTC', OFFSETS), OFFSETS);
    const { id: _, version: __, holds: ___, breaches: ____, at: _____, ...draft } = KEPT;
    expect(found).toEqual({ draft });
  });

  it('of receiving stays of receiving', () => {
    const kept = { ...KEPT, action: 'receive' };
    expect(typedAssertion(kept, NAMES, 'UTC', OFFSETS).action).toBe('receive');
    expect(assertionText(kept, NAMES, 'UTC')).toContain('Ana may receive calls at');
  });

  it('of one instant is typed in the zone of the page', () => {
    const once = { ...KEPT, at: '2023-10-30T11:00:00Z', weekdays: null, wall_time: null, time_zone: null };
    const typed = typedAssertion(once, NAMES, ZONE, OFFSETS);
    expect(typed.at).toBe('2023-10-30T06:00');
    expect(assertionOf(typed, OFFSETS)).toMatchObject({ draft: { at: '2023-10-30T11:00:00.000Z' } });
    expect(assertionOf(typed, OFFSETS)).not.toHaveProperty('draft.weekdays');
  });

  it.each([
    [{}, 'a name'],
    [{ name: 'Early' }, 'of whom'],
    [{ name: 'Early', people: [ANA], weekdays: [] }, 'which days'],
    [{ name: 'Early', people: [ANA], wallTime: '' }, 'time of the day'],
    [{ name: 'Early', people: [ANA], when: 'once' as const }, 'Say when'],
  ])('says what is missing', (part, said) => {
    expect(assertionOf({ ...newAssertion(ZONE), ...part }, OFFSETS)).toMatchObject({
      missing: expect.stringContaining(said),
    });
  });

  it('is told in words', () => {
    expect(assertionText(KEPT, NAMES, 'UTC')).toBe('Ana may connect at 06:00 Chicago, Monday to Friday');
    const others = { ...KEPT, allowed: false, weekdays: [6, 7], user_ids: ['u-1', 'b', 'c', 'd', 'e'] };
    expect(assertionText(others, NAMES, 'UTC')).toBe(
      'Ana, b, c, 2 more may not connect at 06:00 Chicago, Saturday, Sunday',
    );
    expect(assertionText({ ...KEPT, at: '2023-10-30T11:00:00Z' }, NAMES, ZONE)).toBe(
      'Ana may connect on Mon, 30 Oct 2023, 06:00',
    );
  });
});
