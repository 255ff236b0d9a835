import { describe, expect, it } from 'vitest';
import type { Adherence } from '../wire/api';
import { orderRows, rowOf, withNews } from './adherence';

const NOBODY = new Map<string, string>();
const CODES = new Map([['lunch', 'Long lunch']]);

const agent = (id: string, change: Partial<Adherence> = {}): Adherence => ({
  user: { id, name: id },
  adherenceState: 'InAdherence',
  timeOfAdherenceChange: '2023-10-27T11:00:00Z',
  ...change,
});

const order = (board: Adherence[], ...by: [Parameters<typeof orderRows>[1]?, boolean?]) =>
  orderRows(
    board.map((each) => rowOf(each, NOBODY, CODES)),
    by[0] ?? 'state',
    by[1] ?? false,
  ).map(({ id }) => id);

describe('the board', () => {
  const board = [
    agent('fine'),
    agent('off', { adherenceState: 'Unscheduled' }),
    agent('helps', { adherenceState: 'OutOfAdherence', impact: 'Positive' }),
    agent('just', {
      ...{ adherenceState: 'OutOfAdherence', impact: 'Negative' },
      timeOfAdherenceChange: '2023-10-27T11:30:00Z',
    }),
    agent('alarming', {
      ...{ adherenceState: 'OutOfAdherence', impact: 'Negative', severe: true },
      timeOfAdherenceChange: '2023-10-27T11:15:00Z',
    }),
    agent('long', { adherenceState: 'OutOfAdherence', impact: 'Negative' }),
    agent('unsure', { adherenceState: 'Unknown', timeOfAdherenceChange: null }),
    agent('said', { adherenceState: 'Explained' }),
  ];

  it('has in front who is missed, and of those who is missed longest', () => {
    expect(order(board)).toEqual(['alarming', 'long', 'just', 'helps', 'unsure', 'said', 'off', 'fine']);
  });

  it('keeps who is worst in front among equals of another column', () => {
    const [first] = order(
      board.map((each) => ({ ...each, scheduledActivityCategory: 'Meal' as const })),
      'scheduled',
      true,
    );
    expect(first).toBe('alarming');
    expect(order(board, 'name')[0]).toBe('alarming');
    expect(order(board, 'since')[7]).toBe('unsure');
  });
});

it('names a code that news name by its id alone', () => {
  const news = agent('a', { scheduledActivityCategory: 'Meal', scheduledActivityCode: { id: 'lunch' } });
  expect(rowOf(news, NOBODY, CODES).scheduled).toBe('Long lunch');
  expect(rowOf(news, NOBODY, NOBODY).scheduled).toBe('Meal');
});

it('says what is scheduled and what is done', () => {
  const names = new Map([['x', 'Xenia Popov']]);
  const row = rowOf(
    {
      user: { id: 'x' },
      scheduledActivityCategory: 'OnQueueWork',
      actualActivityCategory: 'Meal',
      systemPresence: 'Meal',
      adherenceState: 'OutOfAdherence',
      impact: 'Negative',
    },
    names,
    CODES,
  );
  expect(row).toMatchObject({ name: 'Xenia Popov', scheduled: 'On queue', actual: 'Meal', sinceMs: null });
  expect(
    rowOf({ scheduledActivityCategory: 'Unscheduled', systemPresence: 'Offline' }, names, CODES),
  ).toMatchObject({
    ...{ name: 'An agent', scheduled: 'Nothing', actual: 'Offline' },
    state: { text: 'Not known' },
  });
  expect(
    rowOf(
      { actualActivityCategory: 'OnQueueWork', systemPresence: 'OnQueue', routingStatus: 'INTERACTING' },
      names,
      CODES,
    ).actual,
  ).toBe('On queue, in a call');
});

describe('news of one agent', () => {
  it('changes that agent alone, and keeps the name that news do not tell', () => {
    const before = agent('b', { adherenceExplanation: { status: 'Approved' } });
    const after = withNews([agent('a'), before], {
      user: { id: 'b' },
      adherenceState: 'OutOfAdherence',
      adherenceChangeTime: '2023-10-27T12:00:00Z',
    });
    expect(after.find(({ user }) => user?.id === 'a')).toEqual(agent('a'));
    expect(after.find(({ user }) => user?.id === 'b')).toEqual(
      agent('b', { adherenceState: 'OutOfAdherence', timeOfAdherenceChange: '2023-10-27T12:00:00Z' }),
    );
  });

  it('brings who is new and takes away who left', () => {
    const ids = (board: Adherence[]) => board.map(({ user }) => user?.id);
    expect(ids(withNews([agent('a')], { user: { id: 'c' } }))).toEqual(['a', 'c']);
    expect(ids(withNews([agent('a')], { user: { id: 'a' }, removedFromManagementUnit: true }))).toEqual([]);
    expect(ids(withNews([agent('a')], {}))).toEqual(['a']);
  });
});
