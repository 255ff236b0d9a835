/** Names of calendar dates. Dates carry no zone, so they are formatted as UTC and never move. */
const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' });
const LONG = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  timeZone: 'UTC',
});
const SHORT = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const FULL = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

const at = (date: string) => Date.parse(`${date}T00:00:00Z`);

export const weekdayName = (date: string) => WEEKDAY.format(at(date));
export const longDate = (date: string) => LONG.format(at(date));
export const shortDate = (date: string) => SHORT.format(at(date));
export const fullDate = (date: string) => FULL.format(at(date));

/** `Sat 28 Oct`. */
export const dayName = (date: string) => `${weekdayName(date)} ${shortDate(date)}`;

/** Whether an address names a date that a schedule may hold: `2023-10-27`. */
export function isDate(text: unknown): text is string {
  return typeof text === 'string' && /^(19|20)\d{2}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at(text));
}
