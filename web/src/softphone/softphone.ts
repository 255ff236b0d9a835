import { Refusal, Unreached } from '../foundation/api';
import type { Decision } from '../wire/api';
import type { Reach } from './reach';
import type { Line } from './sdk';
import { askAgainIn, next, type SoftphoneEvent, type SoftphoneState } from './state';
import type { Trunk, TrunkEvent } from './trunk';

export interface SoftphonePorts {
  openLine: (token: string) => Promise<Line>;
  /** May this person connect now? Raises Refusal or Unreached. */
  askWhy: () => Promise<Decision>;
  /** The decision that a refusal named. */
  readDecision: (id: string) => Promise<Decision>;
  whyUnreached: () => Promise<Reach>;
  streamingTrouble: () => Promise<Reach | null>;
  now?: () => number;
}

type Handler = (event: unknown) => void;

/** The softphone of this tab: one instance of the vendor's library at a time, and the truth about it. */
export class Softphone {
  readonly #ports: SoftphonePorts;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  readonly #topics = new Map<string, Set<Handler>>();
  readonly #trunkListeners = new Set<(event: TrunkEvent | null) => void>();
  #state: SoftphoneState = { name: 'off' };
  #token: string | null = null;
  #line: Line | null = null;
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;

  constructor(ports: SoftphonePorts) {
    this.#ports = ports;
    this.#now = ports.now ?? Date.now;
  }

  state = (): SoftphoneState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(token: string): void {
    if (this.#token === token) return;
    this.#token = token;
    this.#apply({ type: 'start', at: this.#now() });
    void this.#open();
  }

  stop(): void {
    this.#token = null;
    this.#retire();
    this.#apply({ type: 'stop' });
  }

  /** A person's wish: a new instance with the same token, at once. */
  tryAgain(): void {
    if (this.#token === null) return;
    this.#apply({ type: 'start', at: this.#now() });
    void this.#open();
  }

  /** Asks the server at once where a question is pending, for instance when the network has come back. */
  wake(): void {
    if (askAgainIn(this.#state, this.#now()) !== null) void this.#ask();
  }

  /** Hears a topic over the softphone's own channel, across restarts of the library. */
  listen(topic: string, handler: Handler): () => void {
    const handlers = this.#topics.get(topic);
    if (handlers) handlers.add(handler);
    else {
      this.#topics.set(topic, new Set([handler]));
      if (this.#state.name === 'ready') this.#attach(topic);
    }
    return () => this.#topics.get(topic)?.delete(handler);
  }

  /** Hears of calls; null: the library's instance, and all its calls' sound, is gone. */
  onCalls(listener: (event: TrunkEvent | null) => void): () => void {
    this.#trunkListeners.add(listener);
    return () => this.#trunkListeners.delete(listener);
  }

  /** The calls of the library's present instance; null while there is none. */
  trunk(): Trunk | null {
    return this.#line?.trunk ?? null;
  }

  #apply(event: SoftphoneEvent): void {
    const before = this.#state;
    const step = next(before, event);
    // A new instance would end the call that goes on without a connection to the server.
    const isKept = step.restart && this.#line?.trunk.busy();
    this.#state = isKept ? before : step.state;
    if (this.#state !== before) for (const listener of this.#listeners) listener();
    if (step.restart && !isKept) void this.#open();
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const delay = askAgainIn(this.#state, this.#now());
    if (delay !== null) this.#timer = setTimeout(() => void this.#ask(), delay);
  }

  #retire(): void {
    this.#generation += 1;
    const line = this.#line;
    this.#line = null;
    if (line === null) return;
    line.retire();
    for (const listener of this.#trunkListeners) listener(null);
  }

  async #open(): Promise<void> {
    this.#retire();
    const generation = this.#generation;
    const token = this.#token;
    if (token === null) return;
    const current = () => generation === this.#generation;
    try {
      const line = await this.#ports.openLine(token);
      if (!current()) return line.retire();
      this.#line = line;
      line.trunk.listen((event) => {
        if (current()) for (const listener of this.#trunkListeners) listener(event);
      });
      await this.#watch(line, current);
    } catch (error) {
      if (current()) await this.#rejected(error, current);
    }
  }

  async #watch(line: Line, current: () => boolean): Promise<void> {
    let initialized = false;
    const ready = () => this.#apply({ type: 'ready', at: this.#now(), station: line.station() });
    line.on('connected', () => current() && initialized && ready());
    line.on('disconnected', () => current() && this.#apply({ type: 'dropped', at: this.#now() }));
    line.on('station', () => current() && this.#apply({ type: 'station', station: line.station() }));
    await line.initialize();
    if (!current()) return line.retire();
    initialized = true;
    for (const topic of this.#topics.keys()) this.#attach(topic);
    ready();
  }

  #attach(topic: string): void {
    const forward: Handler = (event) => {
      for (const handler of this.#topics.get(topic) ?? []) handler(event);
    };
    // Not heard: the page still reads the same things at intervals.
    this.#line?.subscribe(topic, forward).catch(() => undefined);
  }

  async #rejected(error: unknown, current: () => boolean): Promise<void> {
    const refusal = refusalOf(error);
    if (refusal === null) {
      const reach = await this.#ports.whyUnreached();
      if (current()) this.#apply({ type: 'unreachable', at: this.#now(), reach });
      return;
    }
    const enforced = refusal.contextId
      ? await this.#ports.readDecision(refusal.contextId).catch(() => null)
      : null;
    if (current()) this.#apply({ type: 'rejected', at: this.#now(), message: refusal.message, enforced });
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const generation = this.#generation;
    const event = await this.#question().finally(() => {
      this.#asking = false;
    });
    // An answer about an instance that is gone says nothing about the present one.
    if (event !== null && generation === this.#generation) this.#apply(event);
    else this.#schedule();
  }

  async #question(): Promise<SoftphoneEvent | null> {
    try {
      const decision = await this.#ports.askWhy();
      const trouble = decision.allowed ? await this.#ports.streamingTrouble() : null;
      if (trouble) return { type: 'unreachable', at: this.#now(), reach: trouble };
      return { type: 'answered', at: this.#now(), decision };
    } catch (error) {
      if (error instanceof Unreached) {
        return { type: 'unreachable', reach: await this.#ports.whyUnreached(), at: this.#now() };
      }
      const seconds = error instanceof Refusal ? error.retryAfterSeconds : null;
      return { type: 'unsure', at: this.#now(), retryAfterMs: (seconds ?? 5) * 1000, sentence: null };
    }
  }
}

/** Reads the vendor's error: what the server answered, or null when it answered nothing. */
function refusalOf(error: unknown): { contextId: string | null; message: string } | null {
  const details = (error as { details?: { response?: { status?: number; data?: unknown } } } | null)?.details;
  const response = details?.response;
  if (!response?.status) return null;
  const body = (response.data ?? {}) as { contextId?: string; message?: string };
  return {
    contextId: body.contextId ?? null,
    message: body.message ?? `The server answered ${response.status}.`,
  };
}
