import { describe, expect, it } from 'vitest';
import type { CallPart } from '../wire/api';
import { type CallEvent, learn, NOTHING } from './calls';
import {
  agent,
  colleague,
  conversation,
  customer,
  ME,
  queue,
  RINGING,
  START,
  START_MS,
} from './calls.example';
import { callsOf } from './view';

const facts = (...events: CallEvent[]) =>
  [{ type: 'me', id: ME } as CallEvent, ...events].reduce(learn, NOTHING);
const play = (...events: CallEvent[]) => callsOf(facts(...events));
const heard = (...participants: Parameters<typeof conversation>): CallEvent => ({
  type: 'heard',
  conversation: conversation(...participants),
  at: START_MS,
});
const PROPOSED: CallEvent = { type: 'proposed', conversationId: 'c-1', autoAnswer: false };
const BEGUN: CallEvent = { type: 'begun', conversationId: 'c-1' };
const ENDED = { state: 'disconnected', disconnectType: 'endpoint' } as const;

describe('an incoming call', () => {
  it('rings with who, which queue and until when, and may be answered here once the softphone proposes it', () => {
    const told = heard(customer(), queue({ call: { state: 'connected' } }), agent(RINGING));
    expect(play(told)[0]).toMatchObject({
      ...{ phase: 'ringing', who: 'Web caller', queue: { id: 'q-support', name: 'Support' } },
      ...{ media: 'elsewhere', since: START_MS, ringsUntil: START_MS + 20_000 },
    });
    expect(play(told, PROPOSED)[0]?.media).toBe('proposed');
  });

  it('rings also when the softphone knows of it first, and is one call when the server tells of it', () => {
    expect(play(PROPOSED)).toMatchObject([{ phase: 'ringing', ownId: null, media: 'proposed' }]);
    expect(play(PROPOSED, heard(customer(), agent(RINGING)))).toHaveLength(1);
  });

  it('is nothing that a session alone makes: a persistent connection has one without a call', () => {
    expect(play({ type: 'begun', conversationId: 'c-9' })).toEqual([]);
  });

  it('is talked here once its sound began, and the notice that the proposal is handled takes nothing away', () => {
    const calls = play(
      PROPOSED,
      BEGUN,
      { type: 'withdrawn', conversationId: 'c-1' },
      heard(customer(), agent()),
    );
    expect(calls).toMatchObject([{ phase: 'talking', media: 'here', muted: false, held: false }]);
  });

  it('is not asked to be answered any more once it is', () => {
    const wish: CallEvent = { type: 'wished', conversationId: 'c-1', wish: 'answer' };
    expect(play(heard(customer(), agent(RINGING)), wish)[0]?.wish).toBe('answer');
    expect(play(heard(customer(), agent(RINGING)), wish, heard(customer(), agent()))[0]?.wish).toBeNull();
  });

  it('is talked elsewhere when another tab answered it', () => {
    const calls = play(PROPOSED, { type: 'withdrawn', conversationId: 'c-1' }, heard(customer(), agent()));
    expect(calls).toMatchObject([{ phase: 'talking', media: 'elsewhere' }]);
  });

  it('is timed from when it was heard where the server does not tell, and its queue is known by id', () => {
    const { startTime, queueName, ...told } = agent(RINGING);
    const bare = { ...told, calls: told.calls.map(({ startAlertingTime, ...call }) => call) };
    const again: CallEvent = {
      type: 'heard',
      conversation: conversation(customer(), bare),
      at: START_MS + 5_000,
    };
    const names = new Map([['q-support', 'Support']]);
    expect(play({ type: 'queues', names }, heard(customer(), bare), again)[0]).toMatchObject({
      ...{ since: START_MS, ringsUntil: START_MS + 20_000, queue: { id: 'q-support', name: 'Support' } },
    });
  });

  it('says that it answers by itself', () => {
    expect(play({ ...PROPOSED, autoAnswer: true })[0]?.autoAnswer).toBe(true);
  });
});

describe('how a call ended', () => {
  const ring = heard(customer(), agent(RINGING));
  const unanswered = (disconnectType: CallPart['disconnectType']) =>
    agent({ call: { state: 'disconnected', connectedTime: null, disconnectType } });

  it('was missed while the caller waits on', () => {
    expect(play(ring, heard(customer(), unanswered('system')))[0]?.outcome).toEqual({ kind: 'missed' });
    expect(play(ring, heard(customer({ call: ENDED }), unanswered('timeout')))[0]?.outcome?.kind).toBe(
      'missed',
    );
  });

  it('was given up by a caller who left first', () => {
    expect(play(ring, heard(customer({ call: ENDED }), unanswered('endpoint')))[0]?.outcome).toEqual({
      kind: 'abandoned',
    });
  });

  it('was declined by one’s own wish', () => {
    const wish: CallEvent = { type: 'wished', conversationId: 'c-1', wish: 'decline' };
    expect(play(ring, wish, heard(customer(), unanswered('client')))[0]?.outcome).toEqual({
      kind: 'declined',
    });
  });

  it('did not come up, with what the server said, where it was answered in vain', () => {
    const part = unanswered('error');
    const failed = {
      ...part,
      calls: part.calls?.map((call) => ({ ...call, errorInfo: { code: 'x', message: 'No sound.' } })),
    };
    const wish: CallEvent = { type: 'wished', conversationId: 'c-1', wish: 'answer' };
    expect(play(ring, wish, heard(customer(), failed))[0]?.outcome).toEqual({
      kind: 'trouble',
      sentence: 'No sound.',
    });
  });

  it.each([
    ['endpoint', 'ended'],
    ['client', 'left'],
    ['transfer', 'transferred'],
    ['transport.failure', 'trouble'],
  ] as const)('%s after talking is told as %s', (disconnectType, kind) => {
    const over = agent({ call: { state: 'disconnected', disconnectType } });
    expect(play(heard(customer(), agent()), heard(customer(), over))[0]).toMatchObject({
      phase: 'over',
      outcome: { kind },
    });
  });

  it('is told only of calls that were seen here', () => {
    expect(play(heard(customer(), agent({ call: ENDED })))).toEqual([]);
  });

  it('is forgotten once it was seen', () => {
    const over = heard(customer(), agent({ call: ENDED }));
    expect(play(heard(customer(), agent()), over, { type: 'dismissed', conversationId: 'c-1' })).toEqual([]);
  });
});

describe('after-call work', () => {
  const due = (change: Parameters<typeof agent>[0] = {}) =>
    agent({
      ...{ wrapupRequired: true, wrapupPrompt: 'timeout', wrapupTimeoutMs: 30_000 },
      ...{ startAcwTime: '2023-10-27T11:05:00.000Z', call: ENDED, ...change },
    });

  it('is due with the time that is left, also where the call was not seen', () => {
    expect(play(heard(customer({ call: ENDED }), due()))[0]).toMatchObject({
      phase: 'wrapup',
      wrapup: { prompt: 'timeout', endsAt: START_MS + 330_000, maySkip: false },
    });
  });

  it.each(['optional', 'agentRequested'] as const)('may be skipped where it is %s', (wrapupPrompt) => {
    expect(play(heard(customer({ call: ENDED }), due({ wrapupPrompt })))[0]?.wrapup?.maySkip).toBe(true);
  });

  it.each([{ startAcwTime: null }, { endAcwTime: '2023-10-27T11:06:00.000Z' }])(
    'is none with %o',
    (change) => {
      expect(play(heard(customer({ call: ENDED }), due(change)))).toEqual([]);
    },
  );

  it('is welcome where it is optional, as long as the end of the call is seen', () => {
    const over = due({ wrapupPrompt: 'optional', startAcwTime: null, connectedTime: START });
    const ended = heard(customer({ call: ENDED }), over);
    expect(play(heard(customer(), agent()), ended)[0]).toMatchObject({
      phase: 'wrapup',
      wrapup: { maySkip: true },
    });
    expect(play(ended)).toEqual([]);
    const skipped = heard(customer({ call: ENDED }), { ...over, wrapupSkipped: true });
    expect(play(heard(customer(), agent()), skipped)[0]?.phase).toBe('over');
  });

  it('goes on with a code that is only noted on the way', () => {
    const noted = due({ wrapup: { code: 'sold', provisional: true, tags: [] } });
    expect(play(heard(customer({ call: ENDED }), noted))[0]?.phase).toBe('wrapup');
  });
});

describe('a consultation', () => {
  const consulted = (change: Parameters<typeof colleague>[0] = {}) =>
    colleague({ consultParticipantId: 'p-customer', ...change });

  it('is one’s own: with whom, about whom, and who hears whom', () => {
    const waiting = customer({ call: { confined: true } });
    expect(play(heard(waiting, agent(), consulted()))[0]?.consult).toEqual({
      ...{ role: 'initiator', objectId: 'p-customer', withName: 'Ben Okafor', aboutName: 'Web caller' },
      ...{ answered: true, speakTo: 'DESTINATION' },
    });
    expect(
      play(heard(customer(), agent(), consulted({ call: { confined: true } })))[0]?.consult?.speakTo,
    ).toBe('OBJECT');
    expect(play(heard(waiting, agent(), consulted(RINGING)))[0]?.consult?.answered).toBe(false);
  });

  it('is a colleague’s, told to the one who is asked', () => {
    const mine = agent({ consultParticipantId: 'p-customer' });
    expect(play(heard(customer({ call: { confined: true } }), colleague(), mine))[0]?.consult).toMatchObject({
      role: 'consulted',
      withName: 'Ben Okafor',
      aboutName: 'Web caller',
    });
  });

  it('is over when it became a conference, until another begins', () => {
    const both = heard(customer(), agent(), consulted());
    const conference: CallEvent = { type: 'consulted', conversationId: 'c-1', begun: false };
    expect(play(both)[0]?.consult?.speakTo).toBe('BOTH');
    expect(play(both, conference)[0]).toMatchObject({ consult: null, others: [{}, { name: 'Ben Okafor' }] });
    expect(play(both, conference, { ...conference, begun: true })[0]?.consult).not.toBeNull();
  });

  it('is a handed over call for the one who was asked once the one who asked has gone', () => {
    const mine = agent({ consultParticipantId: 'p-customer' });
    expect(play(heard(customer(), colleague({ call: ENDED }), mine))[0]?.consult).toBeNull();
  });

  it('is over when the one who was asked has gone', () => {
    expect(play(heard(customer(), agent(), consulted({ call: ENDED })))[0]?.consult).toBeNull();
  });
});

describe('the facts', () => {
  it('keep what was heard after a list was asked for', () => {
    const before = facts(heard(customer(), agent(RINGING)));
    const later = learn(before, {
      type: 'heard',
      conversation: conversation(customer(), agent()),
      at: START_MS,
    });
    const stale: CallEvent = {
      type: 'listed',
      conversations: [conversation(customer(), agent(RINGING))],
      mark: before.mark,
      at: START_MS,
    };
    expect(callsOf(learn(later, stale))[0]?.phase).toBe('talking');
    expect(callsOf(learn(later, { ...stale, conversations: [] }))).toHaveLength(1);
  });

  it('lose what a newer list does not hold, but for the end of a call that nobody has seen yet', () => {
    const before = facts(heard(customer(), agent()));
    expect(
      callsOf(learn(before, { type: 'listed', conversations: [], mark: before.mark, at: START_MS })),
    ).toEqual([]);
    const over = facts(heard(customer(), agent()), heard(customer(), agent({ call: ENDED })));
    expect(
      callsOf(learn(over, { type: 'listed', conversations: [], mark: over.mark, at: START_MS })),
    ).toHaveLength(1);
  });

  it('tell a call that goes on where one came back into it', () => {
    const left = agent({ id: 'p-ana-before', call: ENDED });
    expect(play(heard(customer(), left, agent()))[0]).toMatchObject({ ownId: 'p-ana', phase: 'talking' });
  });

  it('say that the sound is not here any more when the softphone starts anew', () => {
    expect(play(heard(customer(), agent()), BEGUN, { type: 'unplugged' })[0]?.media).toBe('elsewhere');
  });

  it('are nothing after signing out', () => {
    expect(facts(heard(customer(), agent()), { type: 'signed-out' })).toEqual(NOTHING);
  });

  it('tell what rings before what is over, whichever came first', () => {
    const over = heard(customer({ call: ENDED }), agent({ call: ENDED }));
    const next: CallEvent = { type: 'proposed', conversationId: 'c-2', autoAnswer: false };
    expect(play(heard(customer(), agent()), over, next).map(({ id }) => id)).toEqual(['c-2', 'c-1']);
  });

  it('name an outgoing call, and why nobody answered it', () => {
    const mine = (call: object) =>
      agent({ queueId: null, call: { direction: 'outbound', connectedTime: null, ...call } });
    const called = colleague(RINGING);
    expect(play(heard(mine({ state: 'dialing' }), called))[0]).toMatchObject({
      ...{ phase: 'calling', who: 'Ben Okafor', queue: null },
      others: [{ name: 'Ben Okafor', state: 'calling' }],
    });
    const over = heard(mine({ ...ENDED, disconnectType: 'transfer.noanswer' }), colleague({ call: ENDED }));
    expect(play(heard(mine({ state: 'dialing' }), called), over)[0]?.outcome?.kind).toBe('unanswered');
  });
});
