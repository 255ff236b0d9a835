import type { Peaks } from '../wire/api';

/** What is seen in one column: from `low` to `high`, each from -1 to 1. Null: there is no sound there. */
export type Column = { low: number; high: number } | null;

/** Where a leg's sound lies on the call's time line, in seconds. */
export interface Place {
  from: number;
  length: number;
}

/** Columns and pixels meet where arithmetic nearly does. */
const NEARLY = 1e-6;

/** The waveform of a leg on the time line of a whole call, in so many columns. */
export function columnsOf(peaks: Peaks, place: Place, total: number, count: number): Column[] {
  const scale = 2 ** (peaks.bits - 1);
  const perSecond = peaks.sample_rate / peaks.samples_per_pixel;
  return Array.from({ length: count }, (_, index) => {
    const from = ((index / count) * total - place.from) * perSecond;
    const until = (((index + 1) / count) * total - place.from) * perSecond;
    const first = Math.floor(from + NEARLY);
    return extremes(peaks, first, Math.max(first + 1, Math.ceil(until - NEARLY)), scale);
  });
}

function extremes(peaks: Peaks, from: number, until: number, scale: number): Column {
  let column: Column = null;
  for (let pixel = Math.max(0, from); pixel < Math.min(until, peaks.length); pixel += 1) {
    const low = (peaks.data[pixel * 2] ?? 0) / scale;
    const high = (peaks.data[pixel * 2 + 1] ?? 0) / scale;
    column = column ? { low: Math.min(column.low, low), high: Math.max(column.high, high) } : { low, high };
  }
  return column;
}

/** Silence is a thin line, no sound is nothing. */
const THINNEST = 0.02;

/** The shape as an SVG path, one unit wide per column, in a box of the height 2 around the middle line 0. */
export function pathOf(columns: Column[]): string {
  return columns
    .map((column, x) => {
      if (column === null) return '';
      const high = Math.max(column.high, THINNEST / 2);
      const low = Math.min(column.low, -THINNEST / 2);
      return `M${x} ${round(-high)}h.7v${round(high - low)}h-.7z`;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Above this a pixel is a voice, and below it a room. */
const VOICE = 0.03;

/** The part of a call during which somebody spoke, from 0 to 1 of `total` seconds. */
export function spokenShare(peaks: Peaks, total: number): number {
  if (total <= 0) return 0;
  const scale = 2 ** (peaks.bits - 1);
  let spoken = 0;
  for (let pixel = 0; pixel < peaks.length; pixel += 1) {
    const low = peaks.data[pixel * 2] ?? 0;
    const high = peaks.data[pixel * 2 + 1] ?? 0;
    if (Math.max(high, -low) / scale > VOICE) spoken += 1;
  }
  return Math.min(1, (spoken * peaks.samples_per_pixel) / peaks.sample_rate / total);
}
