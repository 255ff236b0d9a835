import { describe, expect, it } from 'vitest';
import { decision } from '../access/decision.example';
import { askAgainIn, next, PATIENCE_MS, type SoftphoneEvent, type SoftphoneState, type Step } from './state';

function play(...events: SoftphoneEvent[]): Step {
  return events.reduce<Step>((step, event) => next(step.state, event), { state: { name: 'off' } });
}

const START: SoftphoneEvent = { type: 'start', at: 0 };
const READY: SoftphoneEvent = { type: 'ready', at: 10, station: 'Desk' };
const REJECTED: SoftphoneEvent = { type: 'rejected', at: 10, message: 'No.', enforced: decision(false) };

describe('the softphone', () => {
  it('starts, is ready, loses its socket and is ready again', () => {
    expect(play(START).state).toEqual({ name: 'starting', since: 0 });
    expect(play(START, READY).state).toEqual({ name: 'ready', since: 10, station: 'Desk' });
    const dropped = play(START, READY, { type: 'dropped', at: 20 });
    expect(dropped.state).toEqual({ name: 'reconnecting', since: 20 });
    expect(next(dropped.state, { ...READY, at: 25 }).state.name).toBe('ready');
  });

  it('asks at once why it was refused, keeps the enforced decision, and shows the present one', () => {
    const refused = play(START, REJECTED).state;
    expect(askAgainIn(refused, 10)).toBe(0);
    const told = next(refused, { type: 'answered', at: 11, decision: decision(false, 'Revoked by Dana.') });
    expect(told.state).toMatchObject({ name: 'refused', since: 10 });
    expect(told.state.name === 'refused' && told.state.refusal.why?.sentence).toBe('Revoked by Dana.');
    expect(told.state.name === 'refused' && told.state.refusal.enforced?.sentence).toBe('Revoked.');
    expect(askAgainIn(told.state, 11)).toBe(10_000);
  });

  it('starts a new instance as soon as it may connect again', () => {
    const refused = play(START, REJECTED, { type: 'answered', at: 11, decision: decision(false) }).state;
    expect(next(refused, { type: 'answered', at: 20, decision: decision(true) })).toEqual({
      state: { name: 'starting', since: 20 },
      restart: true,
    });
  });

  it('does not hammer a server that refuses and then says it may', () => {
    const step = play(START, REJECTED, { type: 'answered', at: 11, decision: decision(true) });
    expect(step.restart).toBeUndefined();
    expect(askAgainIn(step.state, 11)).toBe(10_000);
    expect(next(step.state, { type: 'answered', at: 10_011, decision: decision(true) }).restart).toBe(true);
  });

  it('is refused while it reconnects, when its access was revoked', () => {
    const step = play(
      START,
      READY,
      { type: 'dropped', at: 20 },
      { type: 'answered', at: 22, decision: decision(false) },
    );
    expect(step.state).toMatchObject({ name: 'refused', since: 22 });
  });

  it('leaves a live session to the server', () => {
    const ready = play(START, READY).state;
    expect(next(ready, { type: 'answered', at: 30, decision: decision(false) }).state).toBe(ready);
    expect(next(ready, { type: 'unreachable', at: 30, reach: { cause: 'offline' } }).state).toBe(ready);
    expect(next(ready, { type: 'unsure', at: 30, retryAfterMs: 5, sentence: null }).state).toBe(ready);
    expect(askAgainIn(ready, 30)).toBeNull();
  });

  it.each(['starting', 'reconnecting'] as const)(
    'loses patience with a library that stays %s though it may connect',
    (name) => {
      const first = next({ name, since: 0 }, { type: 'answered', at: 1000, decision: decision(true) });
      expect(first).toEqual({ state: { name, since: 0, allowedSince: 1000 } });
      const early = next(first.state, {
        type: 'answered',
        at: 1000 + PATIENCE_MS - 1,
        decision: decision(true),
      });
      expect(early.restart).toBeUndefined();
      const late = next(early.state, { type: 'answered', at: 1000 + PATIENCE_MS, decision: decision(true) });
      expect(late).toEqual({ state: { name: 'starting', since: 1000 + PATIENCE_MS }, restart: true });
    },
  );

  it('never takes "cannot tell" for a refusal', () => {
    const unsure = play(START, { type: 'unsure', at: 5000, retryAfterMs: 3000, sentence: null }).state;
    expect(unsure).toEqual({ name: 'unsure', since: 5000, retryAfterMs: 3000, sentence: null });
    expect(askAgainIn(unsure, 5000)).toBe(3000);
    expect(
      next(unsure, { type: 'unsure', at: 8000, retryAfterMs: 3000, sentence: null }).state,
    ).toMatchObject({
      since: 5000,
    });
    expect(next(unsure, { type: 'answered', at: 9000, decision: decision(true) }).restart).toBe(true);
  });

  it('is unsure, with the server’s words, where the decision itself could not be known', () => {
    const unknown = { ...decision(false, 'The permissions could not be read.'), allowed: null };
    const step = play(START, { type: 'answered', at: 5000, decision: unknown });
    expect(step.state).toMatchObject({ name: 'unsure', sentence: 'The permissions could not be read.' });
  });

  it('keeps the time from which it was unreachable, and the newest reason', () => {
    const one = play(START, { type: 'unreachable', at: 100, reach: { cause: 'restarting' } }).state;
    const two = next(one, { type: 'unreachable', at: 5100, reach: { cause: 'offline' } }).state;
    expect(two).toEqual({ name: 'unreachable', since: 100, reach: { cause: 'offline' } });
  });

  it('hears nothing once it is off', () => {
    const events: SoftphoneEvent[] = [
      REJECTED,
      { type: 'answered', at: 1, decision: decision(true) },
      { type: 'answered', at: 1, decision: decision(false) },
      { type: 'unreachable', at: 1, reach: { cause: 'offline' } },
      { type: 'unsure', at: 1, retryAfterMs: 1, sentence: null },
      { type: 'dropped', at: 1 },
    ];
    const off: SoftphoneState = { name: 'off' };
    for (const event of events) expect(next(off, event)).toEqual({ state: off });
  });
});
