import { expect, test } from 'vitest';
import type { OpenShift } from '../wire/api';
import { isFree, openPaidOf, openVerdictsOf, outlookText } from './openShifts';
import type { Reader } from './trades';

const READER: Reader = {
  meId: 'me',
  names: new Map(),
  zone: 'America/Chicago',
  offsets: [{ fromMs: 0, minutes: -300 }] as unknown as Reader['offsets'],
};

const rule = (code: string, holds: boolean, consequence: 'Allow' | 'AdminReview' | 'Disallow') => ({
  code,
  type: code,
  holds,
  consequence,
  ...(holds ? {} : { sentence: `${code} does not hold.` }),
});

const shift = (more: Partial<OpenShift>) => ({ state: 'Open', wouldBe: 'Allow', ...more }) as OpenShift;

test('what refuses is told first, what holds or only shows is not', () => {
  const rules = [
    rule('holds', true, 'Disallow'),
    rule('shows', false, 'Allow'),
    rule('asks', false, 'AdminReview'),
    rule('stops', false, 'Disallow'),
  ];
  const told = openVerdictsOf(shift({ rules }), READER);
  expect(told.map(({ follows, sentence }) => [follows, sentence])).toEqual([
    ['refused', 'stops does not hold.'],
    ['reviewed', 'asks does not hold.'],
  ]);
});

test('what follows is said before one takes it', () => {
  const texts = [
    shift({}),
    shift({ wouldBe: 'AdminReview' }),
    shift({ wouldBe: 'Disallow' }),
    shift({ state: 'Claimed', wouldBe: 'AdminReview' }),
  ].map(outlookText);
  expect(texts).toEqual(['Yours at once', 'After approval', 'Not for you now', 'Waits for approval']);
  expect(isFree(shift({ wouldBe: 'Disallow' }))).toBe(false);
  const held = shift({ heldUntil: '2023-10-28T14:00:00Z' });
  expect([isFree(held), outlookText(held)]).toEqual([false, 'In an exchange']);
});

test('paid time is told where it is known', () => {
  expect(openPaidOf(shift({}))).toEqual([]);
  expect(openPaidOf(shift({ paidMinutesBefore: 480, paidMinutesAfter: 930 }))).toMatchObject([
    { who: 'You', before: '8 h', after: '15 h 30 m', difference: '+7 h 30 m' },
  ]);
});
