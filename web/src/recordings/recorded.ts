import { Refusal } from '../foundation/api';
import { timeOfDay } from '../foundation/time';
import type { Recording } from '../wire/api';
import type { Place } from './peaks';

/** A call with the recordings of its legs on one time line. Instants are milliseconds, lengths seconds. */
export interface RecordedCall {
  conversationId: string;
  startMs: number;
  zone: string;
  utcOffset: string;
  /** From the first leg's start to the last one's end; null while it is not known. */
  total: number | null;
  who: string;
  queue: string | null;
  legs: Leg[];
  state: Recording['state'];
  /** Whether it was written (by message or e-mail) and not spoken. */
  written: boolean;
}

export interface Leg {
  id: string;
  name: string;
  purpose: string;
  place: Place;
  sha256: string | null;
  /** Of sound; of what was written: its messages. */
  packets: number | null;
  packetsLost: number | null;
  endedBy: string | null;
  /** Whoever hears it says why. */
  reasonRequired: boolean;
  /** It was recorded elsewhere. */
  isImported: boolean;
  /** How the name of its file ends. */
  container: string;
}

/** Calls, latest first. */
export function recordedCalls(recordings: Recording[]): RecordedCall[] {
  const calls = new Map<string, Recording[]>();
  for (const recording of recordings) {
    const { conversationId } = recording;
    calls.set(conversationId, [...(calls.get(conversationId) ?? []), recording]);
  }
  return [...calls.values()].map(recordedCall).sort((a, b) => b.startMs - a.startMs);
}

/** Why a recording is there that was made elsewhere. */
const IMPORTED = 'import';

const NEXT: Recording['state'][] = ['open', 'stopping', 'lost', 'destroyed', 'sealed'];

function recordedCall(recordings: Recording[]): RecordedCall {
  const legs = [...recordings].sort((a, b) => Date.parse(a.startTime) - Date.parse(b.startTime));
  const first = legs[0] as Recording;
  const startMs = Date.parse(first.startTime);
  const placed = legs.map((leg) => placeLeg(leg, startMs));
  const ends = placed.map(({ place }) => place.from + place.length);
  const total = Math.max(...ends);
  return {
    conversationId: first.conversationId,
    startMs,
    zone: first.timeZone,
    utcOffset: first.utcOffset,
    total: total > 0 ? total : null,
    who:
      nameAmong(legs, ({ purpose }) => purpose === 'customer' || purpose === 'external') ??
      (first.reason === IMPORTED ? 'Recorded elsewhere' : 'A colleague'),
    queue: nameAmong(legs, ({ purpose }) => purpose === 'acd'),
    legs: placed,
    state: NEXT.find((state) => legs.some((leg) => leg.state === state)) ?? 'sealed',
    written: first.medium !== 'call',
  };
}

function placeLeg(recording: Recording, startMs: number): Leg {
  const own = recording.participants.find(({ id }) => id === recording.participantId);
  return {
    id: recording.id,
    name: own?.name ?? own?.address ?? own?.purpose ?? 'Somebody',
    purpose: own?.purpose ?? '',
    place: {
      from: (Date.parse(recording.startTime) - startMs) / 1000,
      length: (recording.durationMs ?? 0) / 1000,
    },
    sha256: recording.sha256 ?? null,
    packets: recording.packets ?? null,
    packetsLost: recording.packetsLost ?? null,
    endedBy: recording.endedBy ?? null,
    reasonRequired: recording.reasonRequired,
    isImported: recording.reason === IMPORTED,
    container: recording.container,
  };
}

type Taker = Recording['participants'][number];

function nameAmong(recordings: Recording[], fits: (participant: Taker) => boolean): string | null {
  for (const { participants } of recordings) {
    const found = participants.find(fits);
    if (found) return found.name ?? found.address ?? null;
  }
  return null;
}

/** `Fri, 27 Oct 2023, 06:00:07 −05:00`: the wall clock where the call belongs, and how far that is from UTC. */
export function startText(call: Pick<RecordedCall, 'startMs' | 'zone' | 'utcOffset'>): string {
  const day = new Intl.DateTimeFormat('en-GB', {
    timeZone: call.zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(call.startMs);
  return `${day}, ${timeOfDay(call.startMs, call.zone)} ${call.utcOffset.replace('-', '−')}`;
}

/** Why somebody hears no recordings, where that is a matter of their role; null where it may pass by itself. */
export function deniedSentence(error: Error): string | null {
  if (!(error instanceof Refusal) || error.status !== 403) return null;
  return `Your calls are recorded, but your role does not let you listen to recordings: ${error.message}`;
}

/** A recording that is not ready to be heard, in a sentence. */
export function stateSentence({ state, written }: Pick<RecordedCall, 'state' | 'written'>): string | null {
  switch (state) {
    case 'open':
      return written ? 'What is written is being recorded.' : 'The call is being recorded.';
    case 'stopping':
      return 'The recording is being finished.';
    case 'lost':
      return 'Nothing of this recording was found. Its metadata say so.';
    case 'destroyed':
      return 'This recording was destroyed. Its metadata are kept.';
    case 'sealed':
      return null;
  }
}

export function endedSentence(endedBy: string | null): string | null {
  return endedBy === 'crash' ? 'Ended by a crash: it is whole up to its last second.' : null;
}

/** A file that can be saved: of one leg as it is kept, or of all legs with a channel for each side. */
export interface Saving {
  key: string;
  label: string;
  /** Which recording is asked for. */
  id: string;
  query: string;
  name: string;
}

/** What can be saved of a call: both sides in one WAV where both were recorded here, and each leg as it is kept. */
export function savingsOf({ conversationId, legs }: Pick<RecordedCall, 'conversationId' | 'legs'>): Saving[] {
  const savings: Saving[] = legs.map((leg) => ({
    key: leg.id,
    label: legs.length === 1 ? 'Save the recording' : `Save ${leg.name} alone`,
    id: leg.id,
    query: '',
    name: `${leg.id}.${leg.container}`,
  }));
  const [first] = legs;
  if (first === undefined || legs.length === 1 || legs.some(({ isImported }) => isImported)) return savings;
  const both = { label: 'Save as two channels (WAV)', id: first.id, query: 'channels=2' };
  return [{ key: 'both', ...both, name: `${conversationId}.wav` }, ...savings];
}

export function shortHash(sha256: string): string {
  return `${sha256.slice(0, 8)}…${sha256.slice(-8)}`;
}

export function messagesText(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}

export function lossText({ packetsLost }: Pick<Leg, 'packetsLost'>): string {
  return packetsLost ? `, ${packetsLost} packets lost` : ', nothing lost';
}
