import { expect, it } from 'vitest';
import type { ConversationOffers, Evidence, Interaction, Offer } from '../wire/api';
import { peopleIn, tellStories, toYou } from './offers';

const reader = {
  meId: 'ana',
  names: new Map([
    ['ben', 'Ben Okafor'],
    ...'abcde'.split('').map((id): [string, string] => [id, `Agent ${id}`]),
  ]),
  zone: 'America/Chicago',
};

const evidence = (...passed: [string[], string][]): Evidence => ({
  ...{ at: '2023-10-27T11:00:10Z', ring: 1, skillIds: [] },
  passedOver: passed.map(([userIds, sentence]) => ({
    userIds,
    reasons: [{ code: 'x', sentence, facts: {} }],
  })),
});

const offer = (change: Partial<Offer>): Offer => ({
  ...{ id: 'o-1', userId: 'ben', state: 'accepted', autoAnswer: false, considered: evidence() },
  ...{ offeredAt: '2023-10-27T11:00:05Z', expiresAt: '2026-01-01T00:00:00Z' },
  ...change,
});

const offers = (change: Partial<Interaction>): ConversationOffers => ({
  ...{ conversationId: 'c-1', selfUri: '' },
  interactions: [
    {
      ...{ id: 'i-1', conversationId: 'c-1', mediaType: 'call', priority: 0, skillIds: [], offers: [] },
      ...{
        queue: { id: 'q', name: 'Support', selfUri: '' },
        state: 'waiting',
        enqueuedAt: '2023-10-27T11:00:00Z',
      },
      ...change,
    },
  ],
});

const told = (change: Partial<Interaction>) => tellStories(offers(change), reader)[0];

it('says why not the one who asks, and groups the others by their reasons', () => {
  const considered = evidence(
    [['ana', 'ben'], 'They were not on queue.'],
    [['a', 'b', 'c', 'd', 'e'], 'They had no live session.'],
  );
  expect(told({ nobodyFree: considered, position: 1 })).toEqual({
    headline: 'Waits in Support since 06:00:00, first in line.',
    moments: [
      {
        key: 'nobody',
        sentence: '06:00:10: nobody was free.',
        mine: ['You were not on queue.'],
        others: [
          { who: 'Ben Okafor', reasons: ['They were not on queue.'] },
          { who: 'Agent a, Agent b, Agent c and 2 others', reasons: ['They had no live session.'] },
        ],
      },
    ],
  });
});

it('tells each offer, latest first, and what became of it', () => {
  const missed = offer({ id: 'o-0', userId: 'ana', state: 'missed', offeredAt: '2023-10-27T11:00:00Z' });
  const story = told({
    state: 'assigned',
    userId: 'ben',
    assignedAt: '2023-10-27T11:00:25Z',
    offers: [
      missed,
      offer({ considered: evidence([['ana'], 'They had missed it a moment before, and another was free.']) }),
    ],
  });
  expect(story?.headline).toBe('Ben Okafor took it, Support, at 06:00:25.');
  expect(story?.moments.map(({ sentence, mine }) => [sentence, mine])).toEqual([
    [
      '06:00:05: offered to Ben Okafor: answered.',
      ['You had missed it a moment before, and another was free.'],
    ],
    ['06:00:00: offered to you: not answered in time.', []],
  ]);
});

it('tells the end of one that nobody took', () => {
  expect(told({ state: 'ended', endedAt: '2023-10-27T11:03:00Z' })?.headline).toBe(
    'It left Support at 06:03:00; nobody had taken it.',
  );
});

it('counts people whose names may not be seen', () => {
  const story = told({
    nobodyFree: evidence([['x', 'y'], 'They were not on queue.'], [['z'], 'They were interacting.']),
  });
  expect(story?.moments[0]?.others.map(({ who }) => who)).toEqual(['2 colleagues', 'A colleague']);
});

it('asks for the names of all whom it tells of, once each', () => {
  const one = offers({ userId: 'ben', offers: [offer({ considered: evidence([['ana', 'ben'], 'x']) })] });
  expect(peopleIn(one)).toEqual(['ben', 'ana']);
});

it('speaks to the one who asks', () => {
  expect(toYou('They had missed an offer and not said that they were there again.')).toBe(
    'You had missed an offer and not said that you were there again.',
  );
  expect(toYou('No role gave them webRTC:enable in their division.')).toBe(
    'No role gave you webRTC:enable in your division.',
  );
  expect(toYou('Another had been idle for longer.')).toBe('Another had been idle for longer.');
});
