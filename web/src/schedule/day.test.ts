import { describe, expect, it } from 'vitest';
import { axisMinute, localDay } from './day';
import { DAY, offsetsFromBrowser } from './offsets';

const MINUTE = 60_000;

function dayIn(zone: string, date: string) {
  const noon = Date.parse(`${date}T12:00:00Z`);
  return localDay(offsetsFromBrowser(zone, noon - 4 * DAY, noon + 4 * DAY), date);
}

const hours = (day: { startMs: number; endMs: number }) => (day.endMs - day.startMs) / (60 * MINUTE);

describe('a local day', () => {
  it.each([
    ['America/Chicago', '2023-10-27', 24, 0],
    ['America/Chicago', '2023-11-05', 25, -60],
    ['America/Chicago', '2024-03-10', 23, 60],
    ['Australia/Lord_Howe', '2024-04-07', 24.5, -30],
    ['Australia/Lord_Howe', '2023-10-01', 23.5, 30],
    ['America/Havana', '2023-11-05', 25, -60],
  ])('%s on %s has %d hours', (zone, date, length, change) => {
    const day = dayIn(zone, date);
    expect(hours(day)).toBe(length);
    expect(day.clockChangeMinutes).toBe(change);
  });

  it('begins at one o’clock where midnight is skipped', () => {
    const day = dayIn('Asia/Beirut', '2024-03-31');
    expect(hours(day)).toBe(23);
    expect(axisMinute(day, day.startMs)).toBe(60);
  });

  it('is empty where the zone skipped the date', () => {
    expect(dayIn('Pacific/Apia', '2011-12-30').parts).toEqual([]);
    expect(hours(dayIn('Pacific/Apia', '2011-12-31'))).toBe(24);
  });
});

describe('the axis of wall minutes', () => {
  it('stands under the clock on an ordinary day', () => {
    const day = dayIn('America/Chicago', '2023-10-27');
    expect(axisMinute(day, Date.parse('2023-10-27T11:00:00Z'))).toBe(6 * 60);
    expect(axisMinute(day, day.endMs, 'end')).toBe(24 * 60);
  });

  it('leaves the skipped hour empty', () => {
    const day = dayIn('America/Chicago', '2024-03-10');
    const jump = Date.parse('2024-03-10T08:00:00Z');
    expect(axisMinute(day, jump, 'end')).toBe(2 * 60);
    expect(axisMinute(day, jump, 'start')).toBe(3 * 60);
    expect(axisMinute(day, Date.parse('2024-03-10T11:00:00Z'))).toBe(6 * 60);
  });

  it('holds both passes of the hour that comes twice, in order', () => {
    const day = dayIn('America/Chicago', '2023-11-05');
    const at = (utc: string) => axisMinute(day, Date.parse(`2023-11-05T${utc}:00Z`));
    expect(at('06:00')).toBe(60);
    expect(at('06:30')).toBe(75);
    expect(at('07:00')).toBe(90);
    expect(at('07:30')).toBe(105);
    expect(at('08:00')).toBe(120);
    expect(at('12:00')).toBe(6 * 60);
  });

  it.each([
    ['America/Chicago', '2023-11-05'],
    ['America/Chicago', '2024-03-10'],
    ['Australia/Lord_Howe', '2024-04-07'],
    ['America/Havana', '2023-11-05'],
    ['Africa/Casablanca', '2024-04-14'],
    ['Africa/Cairo', '2024-04-26'],
  ])('never goes back through a day: %s %s', (zone, date) => {
    const day = dayIn(zone, date);
    let last = -1;
    for (let ms = day.startMs; ms < day.endMs; ms += MINUTE) {
      const minute = axisMinute(day, ms);
      expect(minute).toBeGreaterThan(last);
      expect(minute).toBeLessThan(24 * 60);
      last = minute;
    }
  });
});
