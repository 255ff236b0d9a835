/**
 * The application's clock. The server may run at another time than this machine (a replayed incident, a wrong laptop clock), so
 * every answer's `shiftline-now` header sets it.
 */
export interface Clock {
  /** The application's now, in milliseconds since 1970 UTC. */
  now(): number;
  /** Takes an answer's header. Null and unreadable values change nothing. */
  observe(header: string | null): void;
  known(): boolean;
  subscribe(listener: () => void): () => void;
}

/** Small differences are network time, not another clock. */
const TOLERANCE_MS = 1500;

export function createClock(machineNow: () => number = Date.now): Clock {
  const listeners = new Set<() => void>();
  let offset = 0;
  let known = false;
  return {
    now: () => machineNow() + offset,
    known: () => known,
    observe(header) {
      const instant = header === null ? Number.NaN : Date.parse(header);
      if (Number.isNaN(instant)) return;
      const seen = instant - machineNow();
      if (known && Math.abs(seen - offset) < TOLERANCE_MS) return;
      offset = seen;
      known = true;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
