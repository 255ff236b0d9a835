import type { TradeOffer } from '../wire/api';
import { addDays, instantAt, type Offsets } from './offsets';

/** A time that somebody types: a date, and from when to when on it. Texts as the browser's fields hold them. */
export interface TypedTime {
  key: number;
  date: string;
  from: string;
  to: string;
}

export type Interval = NonNullable<TradeOffer['acceptableIntervals']>[number];

const at = (date: string, time: string) => Date.parse(`${date}T${time}Z`);

/** From and to on a wall, as instants; an end that is not after its start is of the next day. Null while it is not all typed. */
export function spanOf({ date, from, to }: Omit<TypedTime, 'key'>, offsets: Offsets): Interval | null {
  const [start, end] = [at(date, from), at(date, to)];
  if (Number.isNaN(start) || Number.isNaN(end)) return null;
  const ends = end > start ? end : at(addDays(date, 1), to);
  return {
    startDate: new Date(instantAt(offsets, start)).toISOString(),
    endDate: new Date(instantAt(offsets, ends)).toISOString(),
  };
}

/** What `<input type="datetime-local">` holds, as an instant. Null for none. */
export function typedInstant(text: string, offsets: Offsets): string | null {
  const wall = Date.parse(`${text}Z`);
  return Number.isNaN(wall) ? null : new Date(instantAt(offsets, wall)).toISOString();
}
