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
