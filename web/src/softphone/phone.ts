import type { Api } from '../foundation/api';
import type { Consultation, ConsultationChange, Digits, ParticipantChange, Transfer } from '../wire/api';
import { type CallEvent, type Facts, learn, NOTHING, type Wish } from './calls';
import {
  type Equipment,
  type EquipmentChoice,
  type PhoneSettings,
  rememberedSettings,
  rememberSettings,
} from './equipment';
import type { Softphone } from './softphone';
import { serverSentence } from './trouble';
import type { TrunkEvent } from './trunk';
import { type Call, callsOf } from './view';

export interface PhonePorts {
  softphone: Pick<Softphone, 'onCalls' | 'trunk'>;
  api: Api;
  storage: Storage;
  /** What the browser says of the microphone, without asking the person. */
  microphone: () => Promise<Microphone>;
}

export type Microphone = 'granted' | 'denied' | 'prompt' | 'missing' | 'unknown';

export interface PhoneState {
  calls: Call[];
  settings: PhoneSettings;
  equipment: Equipment;
  microphone: Microphone;
  /** Why the last wish about a call failed, by conversation; under an empty key, why nobody could be called. */
  failures: ReadonlyMap<string, string>;
}

/** To whom a call is handed, or who is called. */
export type Target = { userId: string } | { queueId: string };

/** The vendor's promise of an end has no time limit; the button that asked for it has. */
const PATIENCE_MS = 5_000;
/** How long the quiet end of a call is told. */
export const FAREWELL_MS = 8_000;
const NO_EQUIPMENT: Equipment = { microphones: [], speakers: [] };

/** The calls of this tab: what is known of them, and the ways to handle them. */
export class Phone {
  readonly #ports: PhonePorts;
  readonly #api: Api;
  readonly #listeners = new Set<() => void>();
  readonly #underWay = new Set<string>();
  readonly #farewells = new Map<string, ReturnType<typeof setTimeout>>();
  #facts: Facts = NOTHING;
  #state: PhoneState;

  constructor(ports: PhonePorts) {
    this.#ports = ports;
    this.#api = ports.api;
    this.#state = {
      calls: [],
      settings: rememberedSettings(ports.storage),
      equipment: NO_EQUIPMENT,
      microphone: 'unknown',
      failures: new Map(),
    };
    ports.softphone.onCalls((event) => {
      if (event === null) this.learn({ type: 'unplugged' });
      else this.#hear(event);
    });
    void this.look();
  }

  state = (): PhoneState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The newest of what was heard: a read that is asked for now changes nothing newer. */
  mark = (): number => this.#facts.mark;

  learn(event: CallEvent): void {
    this.#facts = learn(this.#facts, event);
    const calls = callsOf(this.#facts);
    this.#become({ calls });
    this.#sayFarewell(calls);
  }

  async answer(id: string): Promise<void> {
    await this.look();
    // Half an answer would be worse than none: whoever cannot be heard does not take the call from others.
    if (this.#state.microphone === 'prompt') await this.askMicrophone();
    if (this.#state.microphone === 'denied') {
      return this.#fail(
        id,
        'This browser does not let the page use the microphone, so the call was not answered.',
      );
    }
    await this.#try(id, 'answer', async () => {
      await this.#holdOthers(id);
      await this.#plugged().answer(id);
    });
  }

  async decline(id: string): Promise<void> {
    await this.#try(id, 'decline', () =>
      this.#call(id).media === 'proposed'
        ? this.#plugged().decline(id)
        : this.#patch(id, { state: 'disconnected' }),
    );
  }

  async end(id: string): Promise<void> {
    await this.#try(id, 'end', () =>
      this.#isHere(id) ? this.#plugged().end(id) : this.#patch(id, { state: 'disconnected' }),
    );
  }

  async mute(id: string, muted: boolean): Promise<void> {
    await this.#try(id, null, () =>
      this.#isHere(id) ? this.#plugged().mute(id, muted) : this.#patch(id, { muted }),
    );
  }

  async hold(id: string, held: boolean): Promise<void> {
    await this.#try(id, null, async () => {
      if (!held) await this.#holdOthers(id);
      await this.#hold(id, held);
    });
  }

  async call(userId: string): Promise<boolean> {
    return this.#try('', null, async () => {
      await this.#holdOthers('');
      await this.#plugged().call(userId);
    });
  }

  /** Hands the call over at once. */
  async transfer(id: string, to: Target): Promise<boolean> {
    return this.#try(id, null, () =>
      this.#api.post(
        `/conversations/calls/${id}/participants/${this.#own(id)}/replace`,
        to satisfies Transfer,
      ),
    );
  }

  /** Asks somebody before the call is handed over. */
  async consult(id: string, to: Target): Promise<boolean> {
    return this.#try(id, null, async () => {
      const wanted: Consultation = { speakTo: 'DESTINATION', destination: to };
      await this.#api.post(`/conversations/calls/${id}/participants/${this.#about(id)}/consult`, wanted);
      this.learn({ type: 'consulted', conversationId: id, begun: true });
    });
  }

  async speakTo(id: string, speakTo: ConsultationChange['speakTo']): Promise<void> {
    await this.#try(id, null, async () => {
      const change: ConsultationChange = { speakTo };
      await this.#api.patch(`/conversations/calls/${id}/participants/${this.#about(id)}/consult`, change);
      if (speakTo === 'CONFERENCE') this.learn({ type: 'consulted', conversationId: id, begun: false });
    });
  }

  async cancelConsult(id: string): Promise<void> {
    await this.#try(id, null, () =>
      this.#api.delete(`/conversations/calls/${id}/participants/${this.#about(id)}/consult`),
    );
  }

  /** Sends a key's tone: within the call's sound where that is here and takes tones, else by the server. Source: RFC 4733. */
  async press(id: string, digit: string): Promise<void> {
    const senders = this.connection(id)?.getSenders() ?? [];
    const tones = senders.find(({ dtmf }) => dtmf?.canInsertDTMF)?.dtmf;
    if (tones) {
      tones.insertDTMF(tones.toneBuffer + digit, 120, 60);
      return;
    }
    await this.#api
      .post(`/conversations/${id}/participants/${this.#own(id)}/digits`, { digits: digit } satisfies Digits)
      .catch((error: unknown) => this.#fail(id, serverSentence(error)));
  }

  connection(id: string): RTCPeerConnection | null {
    return this.#ports.softphone.trunk()?.connection(id) ?? null;
  }

  dismiss(id: string): void {
    this.#fail(id, null);
    this.learn({ type: 'dismissed', conversationId: id });
  }

  async choose(choice: Partial<EquipmentChoice>): Promise<void> {
    this.#settle(choice);
    const trunk = this.#ports.softphone.trunk();
    const { microphone, speaker } = this.#state.settings;
    await trunk
      ?.choose({ microphone, speaker })
      .catch((error: unknown) => this.#fail('', serverSentence(error)));
  }

  ring(ring: boolean): void {
    this.#settle({ ring });
  }

  async askMicrophone(): Promise<void> {
    await this.#ports.softphone
      .trunk()
      ?.askMicrophone()
      .catch(() => undefined);
    await this.look();
  }

  /** Looks anew at the browser's permission and devices. */
  async look(): Promise<void> {
    const microphone = await this.#ports.microphone();
    const equipment = this.#ports.softphone.trunk()?.equipment() ?? this.#state.equipment;
    this.#become({ microphone, equipment });
  }

  #hear(event: TrunkEvent): void {
    switch (event.type) {
      case 'equipment':
        void this.look();
        return;
      case 'no-microphone':
        this.#become({ microphone: event.denied ? 'denied' : 'missing' });
        return;
      default:
        this.learn(event);
    }
  }

  #become(change: Partial<PhoneState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  #settle(change: Partial<PhoneSettings>): void {
    const settings = { ...this.#state.settings, ...change };
    rememberSettings(this.#ports.storage, settings);
    this.#become({ settings });
  }

  /** What ended as it should is told for a moment; what a person ought to know stays until they have seen it. */
  #sayFarewell(calls: Call[]): void {
    for (const { id, phase, outcome } of calls) {
      const quiet =
        phase === 'over' && outcome && !['missed', 'trouble', 'unanswered'].includes(outcome.kind);
      if (quiet && !this.#farewells.has(id)) {
        const timer = setTimeout(() => {
          this.#farewells.delete(id);
          this.dismiss(id);
        }, FAREWELL_MS);
        this.#farewells.set(id, timer);
      } else if (!quiet) {
        clearTimeout(this.#farewells.get(id));
        this.#farewells.delete(id);
      }
    }
  }

  /** Does what a person asked for, once at a time; says why it failed. */
  async #try(id: string, wish: Wish | null, work: () => Promise<unknown>): Promise<boolean> {
    if (this.#underWay.has(id)) return false;
    this.#underWay.add(id);
    this.#fail(id, null);
    if (wish) this.learn({ type: 'wished', conversationId: id, wish });
    try {
      await Promise.race([work(), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
      return true;
    } catch (error) {
      if (wish) this.learn({ type: 'wished', conversationId: id, wish: null });
      this.#fail(id, serverSentence(error));
      return false;
    } finally {
      this.#underWay.delete(id);
    }
  }

  #fail(id: string, sentence: string | null): void {
    if ((this.#state.failures.get(id) ?? null) === sentence) return;
    const failures = new Map(this.#state.failures);
    if (sentence === null) failures.delete(id);
    else failures.set(id, sentence);
    this.#become({ failures });
  }

  async #holdOthers(id: string): Promise<void> {
    const others = this.#state.calls.filter(
      (call) => call.id !== id && call.phase === 'talking' && !call.held && call.media === 'here',
    );
    for (const other of others) await this.#hold(other.id, true);
  }

  #hold(id: string, held: boolean): Promise<unknown> {
    return this.#isHere(id) ? this.#plugged().hold(id, held) : this.#patch(id, { held });
  }

  #patch(id: string, body: ParticipantChange): Promise<unknown> {
    return this.#api.patch(`/conversations/calls/${id}/participants/${this.#own(id)}`, body);
  }

  #call(id: string): Call {
    const call = this.#state.calls.find((each) => each.id === id);
    if (call === undefined) throw new Error('This call is over.');
    return call;
  }

  #isHere(id: string): boolean {
    return this.#call(id).media === 'here';
  }

  /** One's own participant in a call. */
  #own(id: string): string {
    return told(this.#call(id).ownId);
  }

  /** A consultation is named by whom it is about: the one who is to be transferred. */
  #about(id: string): string {
    const { consult, others } = this.#call(id);
    const about = others.find(({ purpose }) => purpose === 'customer') ?? others[0];
    return told(consult?.objectId ?? about?.id ?? null);
  }

  #plugged() {
    const trunk = this.#ports.softphone.trunk();
    if (trunk === null) throw new Error('The softphone is not connected.');
    return trunk;
  }
}

function told(participantId: string | null): string {
  if (participantId === null) throw new Error('The server has not told of this call yet.');
  return participantId;
}
