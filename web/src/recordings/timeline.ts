import type { RecordingEvent } from '../wire/api';
import type { Place } from './peaks';

/** Something on a call's time line, in seconds from the call's begin; `length` null: it lasts. */
export interface Mark {
  key: string;
  kind: RecordingEvent['kind'];
  from: number;
  length: number | null;
  text: string;
}

const WORDS: Record<RecordingEvent['kind'], string> = {
  connected: 'joined',
  disconnected: 'left',
  mute: 'muted',
  hold: 'put the call on hold',
  music: 'heard music',
  transfer: 'took the call over',
  pause: 'Recording paused',
  consent: 'It was said that the call is recorded',
};

/** What lies in the legs of a call, each once, in order of time. The legs of a call tell the same of it, each from its own start. */
export function marksOf(legs: { place: Place; events: RecordingEvent[] }[]): Mark[] {
  const marks = new Map<string, Mark>();
  for (const { place, events } of legs) {
    for (const event of events) {
      const mark = markOf(event, place);
      const before = marks.get(mark.key);
      if (before === undefined || isLonger(mark, before)) marks.set(mark.key, mark);
    }
  }
  return [...marks.values()].sort((a, b) => a.from - b.from || a.key.localeCompare(b.key));
}

function markOf(event: RecordingEvent, place: Place): Mark {
  const { kind, offsetMs, durationMs, participantId, name, date } = event;
  const what = WORDS[kind];
  return {
    key: `${kind} ${participantId ?? ''} ${date}`,
    kind,
    from: place.from + offsetMs / 1000,
    length: durationMs === null ? null : durationMs / 1000,
    text: participantId === null ? what : `${name ?? 'Somebody'} ${what}`,
  };
}

function isLonger(one: Mark, other: Mark): boolean {
  return one.length === null || (other.length !== null && one.length > other.length);
}
