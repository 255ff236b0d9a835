import { DAY, MINUTE, type Offsets } from './offsets';

/** A stretch of a day under one offset. */
interface Part {
  startMs: number;
  endMs: number;
  /** Wall minutes since the day's midnight at the part's start. */
  wallMinute: number;
}

/**
 * One local day, between the instants at which its date begins and ends: 23, 24 or 25 hours and more rarely something else.
 * `parts` is empty for a date that its zone skipped.
 */
export interface LocalDay {
  date: string;
  startMs: number;
  endMs: number;
  parts: readonly Part[];
  /** Positive where clocks go forward in this day, negative where they go back, in minutes. */
  clockChangeMinutes: number;
}

export function localDay(offsets: Offsets, date: string): LocalDay {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const parts = offsets.flatMap((span, index): Part[] => {
    const from = index === 0 ? Number.NEGATIVE_INFINITY : span.fromMs;
    const to = offsets[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    const startMs = Math.max(from, midnight - span.offsetMs);
    const endMs = Math.min(to, midnight + DAY - span.offsetMs);
    if (startMs >= endMs) return [];
    return [{ startMs, endMs, wallMinute: (startMs + span.offsetMs - midnight) / MINUTE }];
  });
  const startMs = parts[0]?.startMs ?? midnight;
  const endMs = parts.at(-1)?.endMs ?? startMs;
  return {
    date,
    startMs,
    endMs,
    parts,
    clockChangeMinutes: parts.length === 0 ? 0 : (DAY - (endMs - startMs)) / MINUTE,
  };
}

/**
 * Where an instant stands on the day's axis of 1,440 wall minutes. Every day of a week shares that axis, so that 06:00 stands under 06:00: an
 * hour that clocks skip stays empty, and an hour that comes twice holds both passes, half as wide. `end` asks for the end of what came before.
 */
export function axisMinute(day: LocalDay, instantMs: number, side: 'start' | 'end' = 'start'): number {
  const index = partIndex(day.parts, instantMs, side);
  const part = day.parts[index];
  if (!part) return 0;
  const minute =
    part.wallMinute + (Math.min(Math.max(instantMs, part.startMs), part.endMs) - part.startMs) / MINUTE;
  const before = day.parts[index - 1];
  const after = day.parts[index + 1];
  const again = before ? repeated(before, part) : 0;
  if (again > 0 && minute < part.wallMinute + again) {
    return part.wallMinute + again / 2 + (minute - part.wallMinute) / 2;
  }
  const twice = after ? repeated(part, after) : 0;
  const twiceFrom = wallEnd(part) - twice;
  return twice > 0 && minute > twiceFrom ? twiceFrom + (minute - twiceFrom) / 2 : minute;
}

function partIndex(parts: readonly Part[], instantMs: number, side: 'start' | 'end'): number {
  const inside = parts.findIndex((part) =>
    side === 'start' ? instantMs < part.endMs : instantMs <= part.endMs,
  );
  return inside === -1 ? parts.length - 1 : inside;
}

function wallEnd(part: Part): number {
  return part.wallMinute + (part.endMs - part.startMs) / MINUTE;
}

/** How many wall minutes of the end of `first` come again at the start of `second`. */
function repeated(first: Part, second: Part): number {
  return Math.max(0, wallEnd(first) - second.wallMinute);
}
