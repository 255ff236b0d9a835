/** Reading instants aloud, in a zone that the server named. */

export function timeOfDay(instantMs: number, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(instantMs);
}

export function dayAndTime(instantMs: number, zone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  return format.format(instantMs);
}

/**
 * The server's sentences name UTC (`2023-10-27 10:58 UTC`) or an instant (`2023-10-27T10:58:00+00:00`); who reads them thinks in a
 * zone of their own.
 */
export function tellIn(zone: string, sentence: string): string {
  const told = sentence.replaceAll(
    /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})/g,
    (instant) => dayAndTime(Date.parse(instant), zone),
  );
  if (zone === 'UTC') return told;
  return told.replaceAll(/\b(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}) UTC\b/g, (_, date, time) =>
    dayAndTime(Date.parse(`${date}T${time}Z`), zone),
  );
}

/** Ids in a sentence as the names that are known. */
export function nameIn(names: ReadonlyMap<string, string>, sentence: string): string {
  return [...names].reduce((told, [id, name]) => told.replaceAll(id, name), sentence);
}

/** The zone that this computer is set to. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `America/Chicago` -> `Chicago`. */
export function placeOf(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');
}

const HOUR_MINUTES = 60;
const DAY_HOURS = 24;
/** From here on the hours say nothing any more. */
const WHOLE_DAYS = 3;

/** A length of work, which is counted in hours however long it is: `510` -> `8 h 30 m`. */
export function lengthText(minutes: number): string {
  const whole = Math.round(minutes);
  return twoUnits([Math.floor(whole / HOUR_MINUTES), 'h'], [whole % HOUR_MINUTES, 'm']);
}

/** How long something has lasted, as precisely as matters: `59 s`, `1 h 5 m`, `2 days 4 h`, `70 days`. */
export function lastedText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / HOUR_MINUTES);
  if (hours < DAY_HOURS) return lengthText(minutes);
  const days = Math.floor(hours / DAY_HOURS);
  const rest = days < WHOLE_DAYS ? hours % DAY_HOURS : 0;
  return twoUnits([days, days === 1 ? 'day' : 'days'], [rest, 'h']);
}

/** Two numbers with their units, without what is nothing. */
function twoUnits([large, largeUnit]: [number, string], [small, smallUnit]: [number, string]): string {
  const parts = [large > 0 && `${large} ${largeUnit}`, (small > 0 || large === 0) && `${small} ${smallUnit}`];
  return parts.filter(Boolean).join(' ');
}

/** `3:07`, `1:02:45`: how long a call lasts, to the second. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [first, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}
