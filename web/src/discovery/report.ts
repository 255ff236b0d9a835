import type { Tone } from '../design/components';

/** Bytes for people: `1.5 MB`. Decimal, as disks and buckets count. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let [size, unit] = [bytes, 0];
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

export function verdictText(verdict: string): string {
  if (verdict === 'holds') return 'Holds';
  return verdict === 'fails' ? 'Fails' : 'Not proven';
}

export function toneOf(verdict: string): Tone {
  if (verdict === 'holds') return 'good';
  return verdict === 'fails' ? 'bad' : 'wait';
}
