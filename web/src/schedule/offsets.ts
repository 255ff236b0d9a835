/**
 * Wall time of one zone. A browser's zone tables may be older than the schedule's, so what the server resolved comes first. All arithmetic is on
 * milliseconds: instants since 1970 UTC, and wall times as if the wall clock showed UTC.
 */
export interface OffsetSpan {
  /** The first instant of this offset. The first span's also covers all before it. */
  fromMs: number;
  offsetMs: number;
}

/** Ordered by `fromMs`, never empty. */
export type Offsets = readonly OffsetSpan[];

export const MINUTE = 60_000;
export const DAY = 1440 * MINUTE;
const STEP = 6 * 60 * MINUTE;

export function offsetAt(offsets: Offsets, instantMs: number): number {
  let offset = offsets[0]?.offsetMs ?? 0;
  for (const span of offsets) {
    if (span.fromMs <= instantMs) offset = span.offsetMs;
  }
  return offset;
}

export function wallAt(offsets: Offsets, instantMs: number): number {
  return instantMs + offsetAt(offsets, instantMs);
}

/**
 * The instant at which a wall shows a time: of one that comes twice the first, and one that is skipped as much later as clocks go
 * forward. Whoever types a time means it so.
 */
export function instantAt(offsets: Offsets, wallMs: number): number {
  const [before, after] = [offsetAt(offsets, wallMs - DAY), offsetAt(offsets, wallMs + DAY)];
  const fits = [wallMs - before, wallMs - after].filter((instant) => wallAt(offsets, instant) === wallMs);
  return fits.length > 0 ? Math.min(...fits) : wallMs - before;
}

/** `2023-10-27T06:00:00` -> milliseconds as if it were UTC. */
export function wallFromText(text: string): number {
  return Date.parse(`${text.slice(0, 19)}Z`);
}

export function dateText(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 10);
}

export function timeText(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(11, 16);
}

export function addDays(date: string, days: number): string {
  return dateText(Date.parse(`${date}T00:00:00Z`) + days * DAY);
}

/** The browser's own opinion on a zone, for an interval. */
export function offsetsFromBrowser(zone: string, fromMs: number, toMs: number): Offsets {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  // The format drops what is below a second.
  const offset = (ms: number) => wallByFormat(format, ms) - Math.floor(ms / 1000) * 1000;
  const spans: OffsetSpan[] = [{ fromMs, offsetMs: offset(fromMs) }];
  for (let ms = fromMs; ms < toMs; ms += STEP) {
    const after = offset(ms + STEP);
    if (after !== offset(ms)) spans.push({ fromMs: transition(offset, ms, ms + STEP), offsetMs: after });
  }
  return spans;
}

function wallByFormat(format: Intl.DateTimeFormat, instantMs: number): number {
  const part = Object.fromEntries(
    format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function transition(offset: (ms: number) => number, fromMs: number, toMs: number): number {
  const after = offset(toMs);
  let [low, high] = [fromMs, toMs];
  while (high - low > MINUTE) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
    if (offset(middle) === after) high = middle;
    else low = middle;
  }
  return high;
}

export interface KnownWall {
  instantMs: number;
  wallMs: number;
}

/** Keeps the browser's offsets only while they agree with every wall time that the server resolved; else builds them from those. */
export function trustServer(offsets: Offsets, known: KnownWall[]): Offsets {
  if (known.every(({ instantMs, wallMs }) => wallAt(offsets, instantMs) === wallMs)) return offsets;
  const spans = known
    .map(({ instantMs, wallMs }) => ({ fromMs: instantMs, offsetMs: wallMs - instantMs }))
    .sort((a, b) => a.fromMs - b.fromMs);
  return spans.filter((span, index) => index === 0 || span.offsetMs !== spans[index - 1]?.offsetMs);
}
