import { describe, expect, it } from 'vitest';
import type { RecordingEvent } from '../wire/api';
import { marksOf } from './timeline';

const event = (change: Partial<RecordingEvent>): RecordingEvent => ({
  ...{ kind: 'mute', date: '2023-11-05T06:59:59.500Z', offsetMs: 1000, durationMs: 2000 },
  ...{ participantId: 'p-ana', name: 'Ana Ruiz' },
  ...change,
});

describe('what lies on a call', () => {
  it('is told once though each leg tells it from its own start', () => {
    const customer = { place: { from: 0, length: 60 }, events: [event({ offsetMs: 3000 })] };
    const agent = { place: { from: 2, length: 58 }, events: [event({ offsetMs: 1000 })] };
    const marks = marksOf([customer, agent]);
    expect(marks.map(({ from, length, text }) => [from, length, text])).toEqual([[3, 2, 'Ana Ruiz muted']]);
  });

  it('keeps the whole of what one leg holds a part of', () => {
    const cut = { place: { from: 5, length: 5 }, events: [event({ offsetMs: 0, durationMs: 500 })] };
    const whole = { place: { from: 0, length: 60 }, events: [event({ offsetMs: 4000, durationMs: 1500 })] };
    expect(marksOf([cut, whole]).map(({ from, length }) => [from, length])).toEqual([[4, 1.5]]);
  });

  it('stands in order of time, and knows what lasts and what is of nobody', () => {
    const events = [
      event({ kind: 'pause', participantId: null, name: null, offsetMs: 9000, durationMs: null }),
      event({ kind: 'hold', offsetMs: 2000 }),
    ];
    const marks = marksOf([{ place: { from: 0, length: 20 }, events }]);
    expect(marks.map(({ kind, length, text }) => [kind, length, text])).toEqual([
      ['hold', 2, 'Ana Ruiz put the call on hold'],
      ['pause', null, 'Recording paused'],
    ]);
  });
});
