import { describe, expect, it } from 'vitest';
import { addDays, offsetsFromBrowser, trustServer } from './offsets';

const ms = (text: string) => Date.parse(text);
const HOUR = 3_600_000;

describe('offsets of a zone', () => {
  it('finds the minute in which Chicago goes back', () => {
    const offsets = offsetsFromBrowser(
      'America/Chicago',
      ms('2023-11-01T00:00:00Z'),
      ms('2023-11-10T00:00:00Z'),
    );
    expect(offsets.map(({ offsetMs }) => offsetMs / HOUR)).toEqual([-5, -6]);
    expect(offsets[1]?.fromMs).toBe(ms('2023-11-05T07:00:00Z'));
  });

  it('is not disturbed by the milliseconds of now', () => {
    const now = ms('2023-10-27T10:52:13.987Z');
    const offsets = offsetsFromBrowser('America/Chicago', now, now);
    expect(offsets[0]?.offsetMs).toBe(-5 * HOUR);
  });

  it('knows half-hour changes', () => {
    const offsets = offsetsFromBrowser(
      'Australia/Lord_Howe',
      ms('2024-04-01T00:00:00Z'),
      ms('2024-04-10T00:00:00Z'),
    );
    expect(offsets.map(({ offsetMs }) => offsetMs / HOUR)).toEqual([11, 10.5]);
  });

  it('keeps the browser only while it agrees with what the server resolved', () => {
    const browser = [{ fromMs: 0, offsetMs: -6 * HOUR }];
    const start = ms('2026-11-20T14:00:00Z');
    expect(trustServer(browser, [{ instantMs: start, wallMs: start - 6 * HOUR }])).toBe(browser);
    const corrected = trustServer(browser, [
      { instantMs: start + HOUR, wallMs: start + HOUR - 5 * HOUR },
      { instantMs: start, wallMs: start - 5 * HOUR },
    ]);
    expect(corrected).toEqual([{ fromMs: start, offsetMs: -5 * HOUR }]);
  });

  it('counts dates without a zone', () => {
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(addDays('2023-11-05', -7)).toBe('2023-10-29');
  });
});
