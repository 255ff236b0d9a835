import { tellIn } from '../foundation/time';
import { MINUTE, type Offsets, timeText, wallAt } from '../schedule/offsets';
import type { Arrival, Timeline } from '../wire/api';
import { actionName } from './asking';

/** Something on the timeline: an event of a room, or a decision on an attempt. */
export interface Moment {
  id: string;
  lane: string;
  atMs: number;
  kind: 'event' | 'allowed' | 'refused' | 'unknown';
  sentence: string;
  /** Who did it; null where nobody may be told of. */
  by: string | null;
  decisionId: string | null;
  /** When the signalling nodes had it; null where nothing is known of that. */
  arrivals: Arrival[] | null;
}

/** What lies so near that one mark stands for it. `left`: hundredths of the span. */
export interface Mark {
  left: number;
  moments: Moment[];
  kind: Moment['kind'];
}

export interface Lane {
  id: string;
  name: string;
  marks: Mark[];
  count: number;
}

export const ATTEMPTS = 'attempts';

const NAMES: Record<string, string> = {
  workforce: 'Workforce',
  identity: 'Identity',
  presence: 'Presence',
  routing: 'Routing',
  signalling: 'Signalling',
  calls: 'Calls',
  recording: 'Recording',
  [ATTEMPTS]: 'Attempts',
};

export const laneName = (lane: string): string => NAMES[lane] ?? lane;

/** All of a timeline in the order of time; of the same instant, in the order of the lanes. */
export function momentsOf(timeline: Timeline, zone: string): Moment[] {
  const events = timeline.lanes.flatMap(({ lane, events }) =>
    events.map(
      ({ id, at, sentence, by, by_name, arrivals }): Moment => ({
        id,
        lane,
        atMs: Date.parse(at),
        kind: 'event',
        sentence: tellIn(zone, sentence),
        by: by_name ?? by,
        decisionId: null,
        arrivals,
      }),
    ),
  );
  const attempts = timeline.attempts.map(
    ({ decision_id, evaluated_at, allowed, action, sentence }): Moment => ({
      id: `attempt ${decision_id}`,
      lane: ATTEMPTS,
      atMs: Date.parse(evaluated_at),
      kind: allowed === null ? 'unknown' : allowed ? 'allowed' : 'refused',
      sentence: `${actionName(action)}: ${tellIn(zone, sentence)}`,
      by: null,
      decisionId: decision_id,
      arrivals: null,
    }),
  );
  const lanes = [...timeline.lanes.map(({ lane }) => lane), ATTEMPTS];
  const place = ({ lane }: Moment) => lanes.indexOf(lane);
  return [...events, ...attempts].sort((a, b) => a.atMs - b.atMs || place(a) - place(b));
}

/** Nearer than this, in hundredths of the span, marks would lie on each other. */
const NEAR = 2.2;
/** Of what shares a mark, what must not be overlooked is shown. */
const GRAVE: Moment['kind'][] = ['event', 'allowed', 'unknown', 'refused'];

export function lanesOf(
  timeline: Timeline,
  moments: readonly Moment[],
  fromMs: number,
  toMs: number,
): Lane[] {
  return [...timeline.lanes.map(({ lane }) => lane), ATTEMPTS].map((id) => {
    const own = moments.filter(({ lane }) => lane === id);
    return { id, name: laneName(id), marks: marksOf(own, fromMs, toMs), count: own.length };
  });
}

function marksOf(moments: readonly Moment[], fromMs: number, toMs: number): Mark[] {
  const marks: Mark[] = [];
  for (const moment of moments) {
    const left = placeAt(moment.atMs, fromMs, toMs);
    const last = marks.at(-1);
    if (last && left - last.left < NEAR) {
      last.moments.push(moment);
      if (GRAVE.indexOf(moment.kind) > GRAVE.indexOf(last.kind)) last.kind = moment.kind;
    } else marks.push({ left, moments: [moment], kind: moment.kind });
  }
  return marks;
}

/** Where an instant lies in a span, in hundredths of it. */
export function placeAt(atMs: number, fromMs: number, toMs: number): number {
  return Math.min(100, Math.max(0, ((atMs - fromMs) / (toMs - fromMs)) * 100));
}

/** Where the keyboard goes from a moment; null: nowhere. */
export function stepFrom(
  moments: readonly Moment[],
  lanes: readonly Lane[],
  current: Moment,
  key: string,
): Moment | null {
  const index = moments.indexOf(current);
  switch (key) {
    case 'ArrowRight':
      return moments[index + 1] ?? null;
    case 'ArrowLeft':
      return moments[index - 1] ?? null;
    case 'Home':
      return moments[0] ?? null;
    case 'End':
      return moments.at(-1) ?? null;
    case 'ArrowUp':
      return nearest(moments, lanes, current, -1);
    case 'ArrowDown':
      return nearest(moments, lanes, current, 1);
    default:
      return null;
  }
}

/** What is nearest in time in the next lane that has anything. */
function nearest(
  moments: readonly Moment[],
  lanes: readonly Lane[],
  current: Moment,
  way: 1 | -1,
): Moment | null {
  const from = lanes.findIndex(({ id }) => id === current.lane);
  for (let index = from + way; index >= 0 && index < lanes.length; index += way) {
    const own = moments.filter(({ lane }) => lane === lanes[index]?.id);
    if (own.length === 0) continue;
    const far = ({ atMs }: Moment) => Math.abs(atMs - current.atMs);
    return own.reduce((best, each) => (far(each) < far(best) ? each : best));
  }
  return null;
}

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7].map((days) => days * DAY),
];
const MOST_TICKS = 8;

export interface Tick {
  left: number;
  text: string;
}

/** Round times of the wall in a span: hours of a day, or days where it is longer. */
export function ticksOf(fromMs: number, toMs: number, offsets: Offsets): Tick[] {
  const step = STEPS.find((each) => (toMs - fromMs) / each <= MOST_TICKS) ?? 7 * DAY;
  const shift = wallAt(offsets, fromMs) - fromMs;
  const ticks: Tick[] = [];
  for (let wall = Math.ceil((fromMs + shift) / step) * step; wall - shift <= toMs; wall += step) {
    const atMs = wall - shift;
    const shown = wallAt(offsets, atMs);
    const isMidnight = timeText(shown) === '00:00';
    ticks.push({
      left: placeAt(atMs, fromMs, toMs),
      text: step >= DAY || isMidnight ? DAY_NAME.format(shown) : timeText(shown),
    });
  }
  return ticks;
}

const DAY_NAME = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });
