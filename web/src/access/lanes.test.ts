import { describe, expect, it } from 'vitest';
import { offsetsFromBrowser } from '../schedule/offsets';
import type { AccessEvent, Attempt, Timeline } from '../wire/api';
import { decision } from './decision.example';
import { ATTEMPTS, lanesOf, momentsOf, placeAt, stepFrom, ticksOf } from './lanes';

const FROM = Date.parse('2023-10-27T05:00:00Z');
const TO = Date.parse('2023-10-27T15:00:00Z');

function event(id: string, at: string, by: string | null = null): AccessEvent {
  return {
    ...{ id, at, event: 'x', sentence: `Event ${id}.`, by, by_name: null },
    ...{ entity_type: 'X', entity_id: 'x', correlation_id: 'c', arrivals: null },
  };
}

const attempt = (id: string, at: string, allowed: boolean | null): Attempt => ({
  ...decision(allowed === true),
  ...{ allowed, decision_id: id, evaluated_at: at },
});

const TIMELINE: Timeline = {
  complete: true,
  lanes: [
    { lane: 'workforce', events: [event('1', '2023-10-27T06:00:00Z')] },
    { lane: 'identity', events: [event('2', '2023-10-27T10:00:00Z', 'a-1')] },
    { lane: 'presence', events: [] },
    { lane: 'routing', events: [event('3', '2023-10-27T14:00:00Z'), event('4', '2023-10-27T10:30:00Z')] },
  ],
  attempts: [attempt('b', '2023-10-27T10:01:00Z', false), attempt('a', '2023-10-27T10:00:30Z', true)],
};
const moments = momentsOf(TIMELINE, 'UTC');
const lanes = lanesOf(TIMELINE, moments, FROM, TO);
const walk = (id: string, key: string) =>
  stepFrom(moments, lanes, moments.find((each) => each.id === id) as (typeof moments)[number], key)?.id ??
  null;

describe('a timeline', () => {
  it('has all lanes, those without anything too, and attempts as their own', () => {
    expect(lanes.map(({ name, count }) => `${name} ${count}`)).toEqual([
      ...['Workforce 1', 'Identity 1', 'Presence 0', 'Routing 2', 'Attempts 2'],
    ]);
  });

  it('is in the order of time over all lanes', () => {
    expect(moments.map(({ id }) => id)).toEqual(['1', '2', 'attempt a', 'attempt b', '4', '3']);
  });

  it('tells a refused attempt apart, also where one mark stands for several', () => {
    const [mark, none] = lanes.find(({ id }) => id === ATTEMPTS)?.marks ?? [];
    expect(none).toBeUndefined();
    expect(mark?.kind).toBe('refused');
    expect(mark?.moments.map(({ kind }) => kind)).toEqual(['allowed', 'refused']);
  });

  it('names who did something by what is known of them', () => {
    expect(moments.find(({ id }) => id === '2')?.by).toBe('a-1');
  });

  it('places what lies beyond the span at its ends', () => {
    expect(placeAt(FROM - 1, FROM, TO)).toBe(0);
    expect(placeAt((FROM + TO) / 2, FROM, TO)).toBe(50);
    expect(placeAt(TO + 1, FROM, TO)).toBe(100);
  });
});

describe('the keyboard', () => {
  it('goes on and back in time, to the ends and no further', () => {
    expect([walk('2', 'ArrowRight'), walk('2', 'ArrowLeft')]).toEqual(['attempt a', '1']);
    expect([walk('2', 'Home'), walk('2', 'End')]).toEqual(['1', '3']);
    expect([walk('1', 'ArrowLeft'), walk('3', 'ArrowRight'), walk('2', 'x')]).toEqual([null, null, null]);
  });

  it('goes over lanes without anything, to what is nearest in time', () => {
    expect(walk('2', 'ArrowDown')).toBe('4');
    expect(walk('3', 'ArrowUp')).toBe('2');
    expect(walk('1', 'ArrowUp')).toBeNull();
    expect(walk('attempt b', 'ArrowDown')).toBeNull();
  });
});

describe('the axis', () => {
  it('has round times of the wall', () => {
    const offsets = offsetsFromBrowser('America/Chicago', FROM - 86_400_000, TO + 86_400_000);
    const ticks = ticksOf(FROM, TO, offsets);
    expect(ticks.map(({ text }) => text)).toEqual(['27 Oct', '02:00', '04:00', '06:00', '08:00', '10:00']);
    expect(ticks[0]?.left).toBe(0);
  });
});
