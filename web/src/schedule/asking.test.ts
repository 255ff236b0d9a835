import { describe, expect, it } from 'vitest';
import { type Asking, wishOf } from './asking';
import { balancesOf } from './balances';
import { DAY, instantAt, offsetsFromBrowser, wallFromText } from './offsets';
import { spanOf, typedInstant } from './typed';

const MIDDLE = Date.parse('2023-11-05T12:00:00Z');
/** Clocks go back at 02:00 on 5 November 2023 and forward at 02:00 on 10 March 2024. */
const CHICAGO = offsetsFromBrowser('America/Chicago', MIDDLE - 100 * DAY, MIDDLE + 300 * DAY);

const asking = (change: Partial<Asking>): Asking => ({
  ...{ codeId: 'pto', whole: true, first: '2023-11-04', last: '', hours: '8', from: '', to: '', notes: '' },
  ...change,
});

describe('a typed time as an instant', () => {
  const at = (text: string) => new Date(instantAt(CHICAGO, wallFromText(text))).toISOString();

  it('is what the wall shows', () => {
    expect(at('2023-11-04T06:00:00')).toBe('2023-11-04T11:00:00.000Z');
    expect(at('2023-11-06T06:00:00')).toBe('2023-11-06T12:00:00.000Z');
  });

  it('is the first of two, and goes forward with the clocks where there is none', () => {
    expect(at('2023-11-05T01:30:00')).toBe('2023-11-05T06:30:00.000Z');
    expect(at('2024-03-10T02:30:00')).toBe('2024-03-10T08:30:00.000Z');
  });

  it('ends on the next day where it does not end after it starts', () => {
    const night = spanOf({ date: '2023-11-04', from: '22:00', to: '06:00' }, CHICAGO);
    // Nine hours, since clocks go back in between.
    expect(night).toEqual({ startDate: '2023-11-05T03:00:00.000Z', endDate: '2023-11-05T12:00:00.000Z' });
    const whole = spanOf({ date: '2023-11-05', from: '00:00', to: '00:00' }, CHICAGO);
    expect(whole).toEqual({ startDate: '2023-11-05T05:00:00.000Z', endDate: '2023-11-06T06:00:00.000Z' });
    expect(spanOf({ date: '', from: '09:00', to: '10:00' }, CHICAGO)).toBeNull();
  });

  it('is none where nothing is typed', () => {
    expect(typedInstant('', CHICAGO)).toBeNull();
    expect(typedInstant('2023-11-04T06:00', CHICAGO)).toBe('2023-11-04T11:00:00.000Z');
  });
});

describe('a wish for time off', () => {
  it('holds each whole day, over the night in which clocks change too', () => {
    expect(wishOf(asking({ last: '2023-11-06', notes: ' Moving house ' }), CHICAGO)).toEqual({
      activityCodeId: 'pto',
      fullDayManagementUnitDates: ['2023-11-04', '2023-11-05', '2023-11-06'],
      dailyDurationMinutes: 480,
      notes: 'Moving house',
    });
  });

  it('holds a part of a day by its start and its length', () => {
    expect(wishOf(asking({ whole: false, from: '09:00', to: '11:30' }), CHICAGO)).toEqual({
      activityCodeId: 'pto',
      partialDayStartDateTimes: ['2023-11-04T14:00:00.000Z'],
      durationMinutes: [150],
    });
  });

  it('says what is missing', () => {
    expect(wishOf(asking({ codeId: '' }), CHICAGO)).toContain('kind');
    expect(wishOf(asking({ first: '' }), CHICAGO)).toContain('first day');
    expect(wishOf(asking({ last: '2023-11-01' }), CHICAGO)).toContain('before the first');
    expect(wishOf(asking({ hours: '' }), CHICAGO)).toContain('hours');
    expect(wishOf(asking({ last: '2026-01-01' }), CHICAGO)).toContain('366');
    expect(wishOf(asking({ whole: false }), CHICAGO)).toContain('from when to when');
  });
});

it('reads what is left of each counted kind on the day', () => {
  const code = (id: string, name: string) => ({
    ...{ id, name, category: 'TimeOff' as const, active: true, agentTimeOffSelectable: true },
  });
  const left = balancesOf(
    [
      { activityCodeId: 'pto', startDate: '2023-11-01', balanceMinutesPerDay: [960, 960, 480] },
      { activityCodeId: 'care', startDate: '2023-11-03', balanceMinutesPerDay: [-60] },
      { activityCodeId: 'gone', startDate: '2023-11-03', balanceMinutesPerDay: [1] },
    ],
    [code('pto', 'Paid leave'), code('care', 'Care')],
    '2023-11-03',
  );
  expect(left).toEqual([
    { codeId: 'care', name: 'Care', minutes: -60 },
    { codeId: 'pto', name: 'Paid leave', minutes: 480 },
  ]);
});
