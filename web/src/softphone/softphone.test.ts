import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { decision } from '../access/decision.example';
import { Refusal, Unreached } from '../foundation/api';
import type { Decision } from '../wire/api';
import type { Line } from './sdk';
import { Softphone } from './softphone';
import type { Trunk, TrunkEvent } from './trunk';

/** A line that the test settles by hand: the vendor's library needs a browser and a server. */
class HandLine implements Line {
  readonly #listeners = new Map<string, () => void>();
  readonly topics: string[] = [];
  readonly handlers = new Map<string, (event: unknown) => void>();
  retired = false;
  isBusy = false;
  tell: (event: TrunkEvent) => void = () => undefined;
  /** Calls are handled in phone.ts; the softphone only forwards what is told of them, and asks whether there are any. */
  trunk = {
    listen: (listener: (event: TrunkEvent) => void) => {
      this.tell = listener;
    },
    busy: () => this.isBusy,
  } as Trunk;
  settle!: { resolve: () => void; reject: (error: unknown) => void };
  initialize = () =>
    new Promise<void>((resolve, reject) => {
      this.settle = { resolve, reject };
    });
  station = () => 'Desk';
  on(event: string, listener: () => void) {
    this.#listeners.set(event, listener);
  }
  subscribe(topic: string, handler: (event: unknown) => void) {
    this.topics.push(topic);
    this.handlers.set(topic, handler);
    return Promise.resolve();
  }
  retire() {
    this.retired = true;
  }
  emit(event: string) {
    this.#listeners.get(event)?.();
  }
}

const lines: HandLine[] = [];
let why: () => Promise<Decision>;
let softphone: Softphone;
const last = () => lines.at(-1) as HandLine;
const settle = () => vi.advanceTimersByTimeAsync(0);
const refusal = { details: { response: { status: 403, data: { message: 'No.', contextId: 'd-1' } } } };

beforeEach(() => {
  vi.useFakeTimers();
  lines.length = 0;
  why = async () => decision(true);
  softphone = new Softphone({
    openLine: async () => {
      const line = new HandLine();
      lines.push(line);
      return line;
    },
    askWhy: () => why(),
    readDecision: async (id) => ({ ...decision(false), decision_id: id }),
    whyUnreached: async () => ({ cause: 'restarting' }),
    streamingTrouble: async () => null,
  });
});
afterEach(() => {
  softphone.stop();
  vi.useRealTimers();
});

async function makeReady() {
  softphone.start('token');
  await settle();
  last().settle.resolve();
  await settle();
}

it('is ready when the library is, and says with which phone', async () => {
  await makeReady();
  expect(softphone.state()).toMatchObject({ name: 'ready', station: 'Desk' });
});

it('recovers from a refusal with a new instance and the same token', async () => {
  why = async () => decision(false, 'Revoked.');
  softphone.start('token');
  await settle();
  last().settle.reject(refusal);
  await settle();
  const state = softphone.state();
  expect(state.name === 'refused' && state.refusal.enforced?.decision_id).toBe('d-1');
  expect(state.name === 'refused' && state.refusal.why?.sentence).toBe('Revoked.');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lines).toHaveLength(1);
  why = async () => decision(true);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lines).toHaveLength(2);
  expect(lines[0]?.retired).toBe(true);
  last().settle.resolve();
  await settle();
  expect(softphone.state().name).toBe('ready');
});

it('leaves a dropped line to the library, and hears its topics again on a new one', async () => {
  const heard: unknown[] = [];
  softphone.listen('v2.users.1.presence', (event) => heard.push(event));
  await makeReady();
  last().emit('disconnected');
  expect(softphone.state().name).toBe('reconnecting');
  last().emit('connected');
  expect(softphone.state().name).toBe('ready');
  expect(lines).toHaveLength(1);
  softphone.tryAgain();
  await settle();
  last().settle.resolve();
  await settle();
  expect(last().topics).toEqual(['v2.users.1.presence']);
  last().handlers.get('v2.users.1.presence')?.('news');
  expect(heard).toEqual(['news']);
});

it('ignores an instance that was replaced', async () => {
  await makeReady();
  const old = last();
  softphone.tryAgain();
  await settle();
  old.emit('disconnected');
  old.emit('connected');
  expect(softphone.state().name).toBe('starting');
  expect(old.retired).toBe(true);
});

it('forwards what is told of calls, and that they are gone with the library’s instance', async () => {
  const told: (TrunkEvent | null)[] = [];
  softphone.onCalls((event) => told.push(event));
  await makeReady();
  const begun: TrunkEvent = { type: 'begun', conversationId: 'c-1' };
  last().tell(begun);
  expect(softphone.trunk()).toBe(last().trunk);
  softphone.stop();
  last().tell(begun);
  expect(told).toEqual([begun, null]);
  expect(softphone.trunk()).toBeNull();
});

it.each([true, false])('keeps an instance with a call, however long it reconnects: %s', async (isBusy) => {
  await makeReady();
  last().isBusy = isBusy;
  last().emit('disconnected');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines[0]?.retired).toBe(!isBusy);
});

it('is unreachable when nothing answers, and starts again when something does', async () => {
  why = async () => {
    throw new Unreached(null);
  };
  softphone.start('token');
  await settle();
  last().settle.reject(new Error('Network Error'));
  await settle();
  expect(softphone.state()).toMatchObject({ name: 'unreachable', reach: { cause: 'restarting' } });
  why = async () => decision(true);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(lines).toHaveLength(2);
});

it('waits as long as the server asks where it cannot tell', async () => {
  let asked = 0;
  why = async () => {
    asked += 1;
    throw new Refusal(503, {}, 7);
  };
  softphone.start('token');
  await vi.advanceTimersByTimeAsync(4_000);
  expect(softphone.state()).toMatchObject({ name: 'unsure', retryAfterMs: 7000 });
  await vi.advanceTimersByTimeAsync(6_900);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked).toBe(2);
});

it('stops for good when the person signs out', async () => {
  await makeReady();
  softphone.stop();
  expect(last().retired).toBe(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(softphone.state()).toEqual({ name: 'off' });
  expect(lines).toHaveLength(1);
});
