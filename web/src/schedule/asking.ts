import type { TimeOffWish } from '../wire/api';
import { addDays, MINUTE, type Offsets } from './offsets';
import { spanOf } from './typed';

/** What is typed into the form that asks for time off. Dates and times as the browser's fields hold them. */
export interface Asking {
  codeId: string;
  whole: boolean;
  /** Of whole days the first and the last, of a part the only one. */
  first: string;
  last: string;
  /** Hours that each whole day counts for. */
  hours: string;
  from: string;
  to: string;
  notes: string;
}

/** The server takes no more days at once. */
const MOST_DAYS = 366;

/** The request, or what is missing, in a sentence. */
export function wishOf(asking: Asking, offsets: Offsets): TimeOffWish | string {
  if (asking.codeId === '') return 'Choose the kind of time off.';
  const common = {
    activityCodeId: asking.codeId,
    ...(asking.notes.trim() && { notes: asking.notes.trim() }),
  };
  return asking.whole ? wholeDays(asking, common) : partOfDay(asking, common, offsets);
}

function wholeDays(
  { first, last, hours }: Asking,
  common: Pick<TimeOffWish, 'activityCodeId'>,
): TimeOffWish | string {
  if (first === '') return 'Choose the first day.';
  const end = last === '' ? first : last;
  if (end < first) return 'The last day must not be before the first.';
  if (!(Number(hours) > 0)) return 'Say how many hours a day counts for.';
  const dates = [first];
  for (let date = addDays(first, 1); date <= end && dates.length <= MOST_DAYS; date = addDays(date, 1)) {
    dates.push(date);
  }
  if (dates.length > MOST_DAYS) return `At most ${MOST_DAYS} days can be asked for at once.`;
  return {
    ...common,
    fullDayManagementUnitDates: dates,
    dailyDurationMinutes: Math.round(Number(hours) * 60),
  };
}

function partOfDay(
  { first, from, to }: Asking,
  common: Pick<TimeOffWish, 'activityCodeId'>,
  offsets: Offsets,
): TimeOffWish | string {
  const span = spanOf({ date: first, from, to }, offsets);
  if (span === null) return 'Choose the day, and from when to when.';
  const minutes = (Date.parse(span.endDate) - Date.parse(span.startDate)) / MINUTE;
  return { ...common, partialDayStartDateTimes: [span.startDate], durationMinutes: [minutes] };
}
