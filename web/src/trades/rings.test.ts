import { describe, expect, it } from 'vitest';
import { offsetsFromBrowser } from '../schedule/offsets';
import type { Ring, RingMember } from '../wire/api';
import {
  foundText,
  isPending,
  orderRings,
  peopleText,
  ringPaid,
  ringReason,
  ringVerdicts,
  sentenceOf,
} from './rings';
import type { Reader } from './trades';

const zone = 'Europe/Berlin';
const around = (Date.parse('2023-10-20T00:00:00Z') + Date.parse('2023-11-10T00:00:00Z')) / 2;
const reader: Reader = {
  meId: 'ana',
  names: new Map([['ben', 'Ben Carter']]),
  zone,
  offsets: offsetsFromBrowser(zone, around - 40 * 86_400_000, around + 40 * 86_400_000),
};
const FRIDAY = { id: 's1', startDate: '2023-10-27T11:00:00Z', lengthMinutes: 480 };
/** Over the night in which clocks go back. */
const NIGHT = { id: 's2', startDate: '2023-10-28T20:00:00Z', lengthMinutes: 540 };

function member(id: string, given: Partial<RingMember> = {}): RingMember {
  return { user: { id }, managementUnit: { id: 'm' }, answer: 'Waiting', ...given };
}

function ring(given: Partial<Ring> = {}): Ring {
  return {
    id: 'r',
    state: 'Proposed',
    weekDate: '2023-10-23',
    chain: false,
    length: 2,
    shiftsMoved: 2,
    accepted: 1,
    expirationDate: '2023-10-27T11:00:00Z',
    members: [member('ana', { gives: FRIDAY, gets: NIGHT }), member('ben', { gives: NIGHT, gets: FRIDAY })],
    metadata: { version: 1, modifiedBy: { id: 'ben' }, dateModified: '2023-10-20T11:00:00Z' },
    ...given,
  };
}

describe('a ring', () => {
  it('is told on the wall of its reader, over the night of the change too', () => {
    const [ana, ben] = ring().members;
    expect(ana && sentenceOf(ana, reader)).toBe(
      'You give Fri 27 Oct, 13:00–21:00 and get Sat 28 Oct, 22:00–06:00',
    );
    expect(ben && sentenceOf(ben, reader)).toBe(
      'Ben Carter gives Sat 28 Oct, 22:00–06:00 and gets Fri 27 Oct, 13:00–21:00',
    );
    expect(peopleText(ring(), reader)).toBe('You and Ben Carter');
  });

  it('says who gives for nothing and who takes for nothing', () => {
    expect(sentenceOf(member('ben', { gives: FRIDAY }), reader)).toBe(
      'Ben Carter gives Fri 27 Oct, 13:00–21:00 and gets nothing for it',
    );
    expect(sentenceOf(member('ana', { gets: FRIDAY }), reader)).toBe('You get Fri 27 Oct, 13:00–21:00');
  });

  it('says what follows, and why it ended', () => {
    expect(
      ringReason(ring({ wouldBeDecidedBy: { code: 'c', sentence: 'A review is asked for.' } }), reader),
    ).toBe('1 of 2 have accepted; it is done only if everybody does. Then: A review is asked for.');
    const decidedBy = { code: 'trade.ring.taken', sentence: 'The offer of ben was taken back.' };
    expect(ringReason(ring({ state: 'Void', decidedBy }), reader)).toBe(
      'The offer of Ben Carter was taken back.',
    );
  });

  it('tells pay and verdicts of those alone for whom they came', () => {
    const own = member('ana', {
      gives: FRIDAY,
      paidMinutesBefore: 2250,
      paidMinutesAfter: 2310,
      adminReviewViolations: [{ type: 'X', params: { sentence: 'Not the same.' } }],
    });
    expect(ringPaid([own, member('ben')], reader)).toEqual([
      {
        side: 'gives',
        personId: 'ana',
        who: 'You',
        before: '37 h 30 m',
        after: '38 h 30 m',
        difference: '+1 h',
      },
    ]);
    expect(ringVerdicts(own, reader).map(({ follows, sentence }) => [follows, sentence])).toEqual([
      ['reviewed', 'Not the same.'],
    ]);
    expect(ringVerdicts(member('ben'), reader)).toEqual([]);
  });

  it('stands in front while it waits', () => {
    const over = ring({ id: 'over', state: 'Denied' });
    expect(orderRings([over, ring()]).map(({ id }) => id)).toEqual(['r', 'over']);
    expect(isPending(over)).toBe(false);
  });
});

describe('a search', () => {
  it('says what it came to', () => {
    expect(foundText({ offers: 1, proposals: [] })).toBe(
      'One offer was looked at: no exchange among several is possible now.',
    );
    expect(foundText({ offers: 7, proposals: [ring({ shiftsMoved: 3 })] })).toBe(
      '7 offers were looked at: one exchange of 3 shifts in all; it asks the people in it now.',
    );
  });
});
