import { lastedText } from '../foundation/time';
import type { Arrival, Propagation } from '../wire/api';

/** When the nodes had an event, and which of them ought to have it and have not; null where there is nothing to tell. */
export interface Arrivals {
  told: string | null;
  missing: string | null;
}

export function arrivalsOf(arrivals: readonly Arrival[] | null): Arrivals {
  const told: string[] = [];
  const missing: string[] = [];
  for (const { node, lag_ms, sessions } of arrivals ?? []) {
    if (lag_ms === null) missing.push(node);
    else told.push(`${node} in ${msText(lag_ms)}${sessions ? ` (${sessionsText(sessions)})` : ''}`);
  }
  return {
    told: told.length === 0 ? null : `Told ${told.join(', ')}.`,
    missing: missing.length === 0 ? null : `Not yet at ${missing.join(', ')}.`,
  };
}

const sessionsText = (count: number) => (count === 1 ? '1 session' : `${count} sessions`);

/** A span as precisely as matters: `0.4 ms`, `12 ms`, `1.3 s`, `2 m 5 s`. */
export function msText(ms: number): string {
  if (ms < 1) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return ms < 59_950 ? `${(ms / 1000).toFixed(1)} s` : lastedText(ms);
}

/** How long news took lately, in a sentence. */
export function propagationText({ minutes, everywhere, nodes }: Propagation): string {
  const { counted, p50_ms, p99_ms, largest_ms } = everywhere;
  const lately = `In the last ${minutes} minutes`;
  if (nodes.length === 0) return `${lately} no signalling node said anything: nobody is told of changes.`;
  if (counted === 0 || p50_ms === null || p99_ms === null || largest_ms === null)
    return `${lately} no change was told to a live session.`;
  if (counted === 1) return `${lately} one change was told to live sessions, in ${msText(largest_ms)}.`;
  const spans = `half within ${msText(p50_ms)}, 99 of 100 within ${msText(p99_ms)}, the longest in ${msText(largest_ms)}`;
  return `${lately} ${counted.toLocaleString('en-GB')} changes were told to live sessions: ${spans}.`;
}

/** A node says something every five seconds; silent for longer it cannot be reached, or is gone. */
const SILENT_SECONDS = 15;

export const isSilent = (seconds: number): boolean => seconds > SILENT_SECONDS;

export const seenText = (seconds: number): string =>
  isSilent(seconds) ? `${lastedText(seconds * 1000)} ago` : 'Just now';
