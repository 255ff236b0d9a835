import { describe, expect, it } from 'vitest';
import { DAY, offsetsFromBrowser } from '../schedule/offsets';
import type { MatchReview, Opening, Trade } from '../wire/api';
import {
  differenceText,
  optionsOf,
  orderTrades,
  paidOf,
  type Reader,
  reasonText,
  spanText,
  tradeOf,
  tradeText,
  verdictsOf,
} from './trades';

const NOON = Date.parse('2023-10-28T12:00:00Z');
const reader: Reader = {
  meId: 'ana',
  names: new Map([['ben', 'Ben Carter']]),
  zone: 'America/Chicago',
  offsets: offsetsFromBrowser('America/Chicago', NOON - 30 * DAY, NOON + 30 * DAY),
};

const shift = (id: string, startDate: string, endDate: string) => ({
  ...{ id, startDate, endDate },
  weekDate: '2023-10-23',
});

const SATURDAY = shift('s-1', '2023-10-28T11:00:00Z', '2023-10-28T19:00:00Z');
const MONDAY = shift('s-2', '2023-10-30T14:00:00Z', '2023-10-30T22:00:00Z');

function trade(change: Partial<Trade> = {}): Trade {
  const user = (id: string) => ({ id, selfUri: '' });
  return {
    id: 't-1',
    state: 'Unmatched',
    expirationDate: SATURDAY.startDate,
    initiating: {
      user: user('ben'),
      managementUnit: user('mu'),
      schedule: { id: 'sch', weekDate: '2023-10-23', businessUnit: user('bu') },
      shift: SATURDAY,
    },
    acceptableIntervals: [],
    oneSided: true,
    metadata: {
      ...{ version: 1, modifiedBy: user('ben'), createdBy: user('ben') },
      ...{ dateModified: '2023-10-27T11:00:00Z', dateCreated: '2023-10-27T11:00:00Z' },
    },
    ...change,
  };
}

const receiving = (id: string, given: Trade['initiating']['shift'] | null = null) => ({
  receiving: { user: { id, selfUri: '' }, shift: given },
});

function review(change: Partial<MatchReview> = {}): MatchReview {
  return { violations: [], adminReviewViolations: [], unevaluatedRules: [], ...change };
}

const said = (sentence: string) => [{ type: 'InvalidState', params: { code: 'x', sentence } }];

describe('a trade in words', () => {
  it('says who gives what to whom', () => {
    expect(tradeText(trade(), reader)).toBe(
      'Ben Carter’s shift Sat 28 Oct, 06:00–14:00, offered for nothing in return',
    );
    expect(tradeText(trade({ oneSided: false, target: { user: { id: 'ana', selfUri: '' } } }), reader)).toBe(
      'Ben Carter’s shift Sat 28 Oct, 06:00–14:00, offered to you for another shift',
    );
    expect(tradeText(trade({ state: 'Matched', ...receiving('ana', MONDAY) }), reader)).toBe(
      'Ben Carter’s shift Sat 28 Oct, 06:00–14:00 goes to you, for Mon 30 Oct, 09:00–17:00',
    );
    expect(tradeText(trade({ state: 'Approved', ...receiving('cleo') }), reader)).toContain(
      'goes to a colleague',
    );
  });

  it('names the other day only where the end would be misread', () => {
    const at = (start: string, end: string) => spanText(start, end, reader.offsets);
    expect(at('2023-10-30T03:00:00Z', '2023-10-30T11:00:00Z')).toBe('Sun 29 Oct, 22:00–06:00');
    expect(at('2023-10-30T00:00:00Z', '2023-11-04T12:00:00Z')).toBe('Sun 29 Oct, 19:00–Sat 4 Nov, 07:00');
    expect(at('2023-10-29T11:00:00Z', '2023-10-30T12:00:00Z')).toBe('Sun 29 Oct, 06:00–Mon 30 Oct, 07:00');
  });

  it('gives the reason of each state, in the reader’s zone and with names', () => {
    expect(reasonText(trade(), reader)).toBe('Open until Sat 28 Oct, 06:00.');
    const within = { startDate: MONDAY.startDate, endDate: MONDAY.endDate };
    expect(reasonText(trade({ oneSided: false, acceptableIntervals: [within] }), reader)).toBe(
      'Open until Sat 28 Oct, 06:00. The other shift lies within Mon 30 Oct, 09:00–17:00.',
    );
    expect(reasonText(trade({ state: 'Expired' }), reader)).toBe(
      'Nobody had taken it until Sat 28 Oct, 06:00.',
    );
    const waits = { code: 'trade.reviewed', sentence: 'ben waits since 2023-10-27T11:00:00+00:00.' };
    expect(reasonText(trade({ state: 'Matched', ...receiving('ana'), decidedBy: waits }), reader)).toMatch(
      /^Ben Carter waits since Fri, 27 Oct 2023, 06:00\.$/,
    );
  });

  it('says why a match no longer holds, before what was said when it was made', () => {
    const broken = trade({
      ...{ state: 'Matched', ...receiving('ana'), decidedBy: { code: 'y', sentence: 'All was well.' } },
      matchReview: review({ violations: said('The shift moved.') }),
    });
    expect(reasonText(broken, reader)).toBe('It no longer holds: The shift moved.');
  });
});

it('puts what can still change in front, by its shift, and what is over by its end', () => {
  const over = (id: string, dateModified: string) =>
    trade({ id, state: 'Canceled', metadata: { ...trade().metadata, dateModified } });
  const later = trade({ id: 'later', initiating: { ...trade().initiating, shift: MONDAY } });
  const order = orderTrades([
    over('old', '2023-10-20T00:00:00Z'),
    later,
    over('new', '2023-10-26T00:00:00Z'),
    trade({ id: 'soon', state: 'Matched' }),
  ]);
  expect(order.map(({ id }) => id)).toEqual(['soon', 'later', 'new', 'old']);
});

it('finds the undecided trade of a shift, offered or given', () => {
  const matched = trade({ state: 'Matched', ...receiving('ana', MONDAY) });
  expect(tradeOf('s-1', [matched])).toBe(matched);
  expect(tradeOf('s-2', [matched])).toBe(matched);
  expect(tradeOf('s-1', [trade({ state: 'Denied' })])).toBeUndefined();
});

it('tells each rule once: what refuses, what a person decides, what was not judged', () => {
  const verdicts = verdictsOf(
    review({
      violations: said('No rest.'),
      adminReviewViolations: said('Skills are missing.'),
      unevaluatedRules: ['InitiatingWeeklyMinPaidTime', 'ReceivingWeeklyMinPaidTime'],
    }),
    reader,
  );
  expect(verdicts.map(({ follows, sentence }) => [follows, sentence])).toEqual([
    ['refused', 'No rest.'],
    ['reviewed', 'Skills are missing.'],
    ['unknown', 'a week’s least paid time, which is not set for everybody here.'],
  ]);
  expect(new Set(verdicts.map(({ key }) => key)).size).toBe(3);
});

it('shows the paid time of both sides, one’s own first', () => {
  const pay = (before: number, after: number) => ({
    preTradeSchedulePaidMinutes: before,
    postTradeSchedulePaidMinutes: after,
    paidMinutesDifference: after - before,
  });
  const judged = review({ initiatingUser: pay(2250, 1800), receivingUser: pay(2250, 2700) });
  expect(paidOf(judged, trade(), 'ana', reader)).toEqual([
    { side: 'takes', who: 'You', before: '37 h 30 m', after: '45 h', difference: '+7 h 30 m' },
    { side: 'gives', who: 'Ben Carter', before: '37 h 30 m', after: '30 h', difference: '−7 h 30 m' },
  ]);
  // What a stranger is paid is not told.
  expect(paidOf(review(), trade(), 'ana', reader)).toEqual([]);
  expect(differenceText(0)).toBe('the same');
});

it('offers every way of taking that was judged', () => {
  const opening = (change: Partial<Opening>): Opening => ({
    trade: trade(),
    receivingShiftMatches: [],
    ...change,
  });
  const judged = review();
  const match = { shiftIds: ['s-2'], matchReview: judged };
  expect(optionsOf(opening({ matchReview: judged, receivingShiftMatches: [match] }))).toEqual([
    { shiftId: null, review: judged },
    { shiftId: 's-2', review: judged },
  ]);
  expect(optionsOf(opening({ receivingShiftMatches: [match] })).map(({ shiftId }) => shiftId)).toEqual([
    's-2',
  ]);
});
