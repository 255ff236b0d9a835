import type { Decision } from '../wire/api';
import type { Reach } from './reach';

/**
 * What the softphone is doing. `since` is the machine's time in milliseconds: it is only ever compared with itself.
 * Pure: the shell in softphone.ts owns the vendor's library, the timers and the requests.
 */
export type SoftphoneState =
  | { name: 'off' }
  | { name: 'starting'; since: number; allowedSince?: number }
  | { name: 'ready'; since: number; station: string | null }
  | { name: 'reconnecting'; since: number; allowedSince?: number; reach?: Reach }
  | { name: 'refused'; since: number; refusal: Refused }
  | { name: 'unsure'; since: number; retryAfterMs: number; sentence: string | null }
  | { name: 'unreachable'; since: number; reach: Reach };

export interface Refused {
  /** What holds now; null until the server has said. */
  why: Decision | null;
  /** What was enforced when the channel was refused; null when only `why` said so. */
  enforced: Decision | null;
  /** What the server wrote when it refused; shown while no decision is known. */
  message: string;
}

export type SoftphoneEvent =
  | { type: 'start'; at: number }
  | { type: 'stop' }
  | { type: 'ready'; at: number; station: string | null }
  | { type: 'station'; station: string | null }
  | { type: 'dropped'; at: number }
  | { type: 'rejected'; at: number; message: string; enforced: Decision | null }
  | { type: 'answered'; at: number; decision: Decision }
  | { type: 'unsure'; at: number; retryAfterMs: number; sentence: string | null }
  | { type: 'unreachable'; at: number; reach: Reach };

/** `restart`: retire the vendor's instance, and start a new one with the same token. */
export interface Step {
  state: SoftphoneState;
  restart?: true;
}

/** How long the library may take by itself, once access is granted, before a new instance takes over. */
export const PATIENCE_MS = 25_000;
const REFUSED_POLL_MS = 10_000;
const POLL_MS = 5_000;
const FIRST_QUESTION_MS = 1_500;
const SLOW_START_MS = 4_000;

export function next(state: SoftphoneState, event: SoftphoneEvent): Step {
  switch (event.type) {
    case 'start':
      return { state: { name: 'starting', since: event.at } };
    case 'stop':
      return { state: { name: 'off' } };
    case 'ready':
      return { state: { name: 'ready', since: event.at, station: event.station } };
    case 'station':
      return { state: state.name === 'ready' ? { ...state, station: event.station } : state };
    case 'dropped':
      return { state: state.name === 'ready' ? { name: 'reconnecting', since: event.at } : state };
    case 'rejected':
      return {
        state: refuse(state, event.at, { why: null, enforced: event.enforced, message: event.message }),
      };
    case 'answered':
      return answered(state, event);
    case 'unsure':
      return { state: unsure(state, event) };
    case 'unreachable':
      return { state: unreachable(state, event) };
  }
}

function refuse(state: SoftphoneState, at: number, refusal: Refused): SoftphoneState {
  if (state.name === 'off') return state;
  return { name: 'refused', since: state.name === 'refused' ? state.since : at, refusal };
}

function answered(state: SoftphoneState, event: { at: number; decision: Decision }): Step {
  const { decision, at } = event;
  if (decision.allowed === null) {
    return { state: unsure(state, { at, retryAfterMs: POLL_MS, sentence: decision.sentence }) };
  }
  return decision.allowed ? allowed(state, event) : denied(state, event);
}

function denied(state: SoftphoneState, event: { at: number; decision: Decision }): Step {
  // A live session is the server's to close: while it stands, nothing is refused.
  if (state.name === 'off' || state.name === 'ready') return { state };
  const before =
    state.name === 'refused' ? state.refusal : { enforced: null, message: event.decision.sentence };
  return { state: refuse(state, event.at, { ...before, why: event.decision }) };
}

function allowed(state: SoftphoneState, event: { at: number; decision: Decision }): Step {
  const { at } = event;
  switch (state.name) {
    case 'off':
    case 'ready':
      return { state };
    case 'starting':
    case 'reconnecting': {
      const allowedSince = state.allowedSince ?? at;
      // A library that was refused for good, or backs off for minutes, never asks again by itself.
      if (at - allowedSince >= PATIENCE_MS) return { state: { name: 'starting', since: at }, restart: true };
      return {
        state:
          state.name === 'starting'
            ? { ...state, allowedSince }
            : { name: state.name, since: state.since, allowedSince },
      };
    }
    case 'refused':
      // Refused a moment ago and allowed now: one pause between, so that a server that contradicts itself is not hammered.
      if (state.refusal.why === null)
        return { state: { ...state, refusal: { ...state.refusal, why: event.decision } } };
      return { state: { name: 'starting', since: at }, restart: true };
    default:
      return { state: { name: 'starting', since: at }, restart: true };
  }
}

function unsure(
  state: SoftphoneState,
  event: { at: number; retryAfterMs: number; sentence: string | null },
): SoftphoneState {
  if (state.name === 'off' || state.name === 'ready' || state.name === 'reconnecting') return state;
  const since = state.name === 'unsure' ? state.since : event.at;
  return { name: 'unsure', since, retryAfterMs: event.retryAfterMs, sentence: event.sentence };
}

function unreachable(state: SoftphoneState, event: { at: number; reach: Reach }): SoftphoneState {
  if (state.name === 'off' || state.name === 'ready') return state;
  if (state.name === 'reconnecting') return { ...state, reach: event.reach };
  return {
    name: 'unreachable',
    since: state.name === 'unreachable' ? state.since : event.at,
    reach: event.reach,
  };
}

/** How long to wait before asking the server again; null when there is nothing to ask. */
export function askAgainIn(state: SoftphoneState, now: number): number | null {
  switch (state.name) {
    case 'off':
    case 'ready':
      return null;
    case 'starting':
      return now - state.since < SLOW_START_MS ? SLOW_START_MS : POLL_MS;
    case 'reconnecting':
      return now - state.since < FIRST_QUESTION_MS ? FIRST_QUESTION_MS : POLL_MS;
    case 'refused':
      // Without a reason yet, the first question cannot wait.
      return state.refusal.why === null ? 0 : REFUSED_POLL_MS;
    case 'unsure':
      return state.retryAfterMs;
    case 'unreachable':
      return POLL_MS;
  }
}
