import { describe, expect, it } from 'vitest';
import type { Propagation } from '../wire/api';
import { arrivalsOf, msText, propagationText, seenText } from './arrivals';

const NONE = { counted: 0, p50_ms: null, p99_ms: null, largest_ms: null };
const SOME = { counted: 1204, p50_ms: 8.6, p99_ms: 41.9, largest_ms: 1320 };
const lately = (everywhere: Propagation['everywhere'], nodes = ['a']): Propagation => ({
  minutes: 15,
  everywhere,
  nodes: nodes.map((node) => ({ node, last_seen: '', silent_seconds: 1, ...everywhere })),
});

describe('the way of an event to the nodes', () => {
  it('is told by node, with whom it concerned there, and where it is missing', () => {
    const told = arrivalsOf([
      { node: 'signalling-1', lag_ms: 12.4, sessions: 1 },
      { node: 'signalling-2', lag_ms: 15, sessions: 0 },
      { node: 'signalling-3', lag_ms: null, sessions: null },
    ]);
    expect(told.told).toBe('Told signalling-1 in 12 ms (1 session), signalling-2 in 15 ms.');
    expect(told.missing).toBe('Not yet at signalling-3.');
  });

  it('is silent where nothing is known', () => {
    expect(arrivalsOf(null)).toEqual({ told: null, missing: null });
  });

  it('is as precise as matters', () => {
    expect([0.44, 3, 999.4, 999.6, 7512, 59_960, 125_000].map(msText)).toEqual([
      ...['0.4 ms', '3 ms', '999 ms', '1.0 s', '7.5 s', '1 m', '2 m'],
    ]);
  });
});

describe('how long news takes', () => {
  it('is one sentence', () => {
    expect(propagationText(lately(SOME))).toBe(
      'In the last 15 minutes 1,204 changes were told to live sessions: half within 9 ms, 99 of 100 within 42 ms, the longest in 1.3 s.',
    );
  });

  it('says that nothing was told, and that nobody could have told it', () => {
    expect(propagationText(lately(NONE))).toBe(
      'In the last 15 minutes no change was told to a live session.',
    );
    expect(propagationText(lately(NONE, []))).toContain('no signalling node said anything');
  });

  it('tells a silent node from one that lives', () => {
    expect([seenText(4.2), seenText(190)]).toEqual(['Just now', '3 m ago']);
  });
});
