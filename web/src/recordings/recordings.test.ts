import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../foundation/api';
import type { Peaks, Recording } from '../wire/api';
import { columnsOf, pathOf, spokenShare } from './peaks';
import { Playback, type Voice } from './playback';
import {
  deniedSentence,
  messagesText,
  recordedCalls,
  savingsOf,
  shortHash,
  startText,
  stateSentence,
} from './recorded';

/** Ten pixels a second, eight bits. */
const peaks = (...pairs: [number, number][]): Peaks => ({
  ...{ sample_rate: 8000, samples_per_pixel: 800, bits: 8, length: pairs.length },
  data: pairs.flat(),
});

describe('a waveform', () => {
  it('lies where its leg lies on the call’s time line', () => {
    const columns = columnsOf(peaks([-64, 64], [-128, 127]), { from: 0.2, length: 0.2 }, 0.6, 6);
    expect(columns.map((column) => column?.low ?? null)).toEqual([null, null, -0.5, -1, null, null]);
  });

  it('keeps the extremes where many pixels share a column, and repeats one where columns are finer', () => {
    const loud = peaks([0, 10], [-100, 5], [0, 120], [-1, 1]);
    const place = { from: 0, length: 0.4 };
    expect(columnsOf(loud, place, 0.4, 2).map((column) => column?.high)).toEqual([10 / 128, 120 / 128]);
    expect(columnsOf(loud, place, 0.4, 8).map((column) => column?.high)).toEqual(
      [10, 10, 5, 5, 120, 120, 1, 1].map((high) => high / 128),
    );
  });

  it('is drawn thin in silence, and not at all where there is no sound', () => {
    expect(pathOf([null, { low: 0, high: 0 }, { low: -0.5, high: 1 }])).toBe(
      'M1 -0.01h.7v0.02h-.7zM2 -1h.7v1.5h-.7z',
    );
  });

  it('tells how much of the call was spoken', () => {
    expect(spokenShare(peaks([0, 2], [-60, 60], [-2, 2], [-1, 60]), 0.8)).toBeCloseTo(0.25);
    expect(spokenShare(peaks(), 0)).toBe(0);
  });
});

class HandVoice implements Voice {
  currentTime = 0;
  playbackRate = 1;
  paused = true;
  play() {
    this.paused = false;
    return Promise.resolve();
  }
  pause() {
    this.paused = true;
  }
}

describe('playing both legs', () => {
  let one: HandVoice;
  let other: HandVoice;
  let playback: Playback;
  beforeEach(() => {
    vi.useFakeTimers();
    one = new HandVoice();
    other = new HandVoice();
    playback = new Playback(10, Date.now);
    playback.add({ from: 0, length: 10 }, one);
    playback.add({ from: 4, length: 6 }, other);
  });
  afterEach(() => {
    playback.close();
    vi.useRealTimers();
  });

  it('begins each where it lies, and ends with the call', () => {
    playback.play();
    expect([one.paused, other.paused]).toEqual([false, true]);
    vi.advanceTimersByTime(4_200);
    expect(other.paused).toBe(false);
    vi.advanceTimersByTime(6_000);
    expect(playback.state()).toMatchObject({ playing: false, position: 10 });
    expect([one.paused, other.paused]).toEqual([true, true]);
  });

  it('sets a leg right that strays, and leaves one alone that does not', () => {
    playback.seek(5);
    expect([one.currentTime, other.currentTime]).toEqual([5, 1]);
    playback.play();
    one.currentTime = 5.25;
    other.currentTime = 0.7;
    vi.advanceTimersByTime(200);
    expect(one.currentTime).toBe(5.25);
    expect(other.currentTime).toBeCloseTo(1.2);
  });

  it('is faster where that is wanted, from where it is', () => {
    playback.play();
    vi.advanceTimersByTime(1_000);
    playback.setSpeed(2);
    vi.advanceTimersByTime(1_000);
    expect(playback.state().position).toBeCloseTo(3);
    expect(one.playbackRate).toBe(2);
  });

  it('stands still while it is paused, and begins anew after its end', () => {
    playback.play();
    vi.advanceTimersByTime(1_000);
    playback.pause();
    vi.advanceTimersByTime(5_000);
    expect(playback.state().position).toBeCloseTo(1);
    playback.seek(99);
    expect(playback.state().position).toBe(10);
    playback.play();
    expect(playback.state()).toMatchObject({ playing: true, position: 0 });
  });
});

describe('a recorded call', () => {
  const participants = [
    { id: 'p-customer', purpose: 'customer', name: 'Web caller' },
    { id: 'p-queue', purpose: 'acd', name: 'Support' },
    { id: 'p-ana', purpose: 'agent', name: 'Ana Ruiz' },
  ];
  const leg = (change: Partial<Recording>): Recording => ({
    ...{
      id: 'r-1',
      conversationId: 'c-1',
      participantId: 'p-customer',
      state: 'sealed',
      participants,
      medium: 'call',
    },
    reasonRequired: false,
    reason: 'policy.default',
    container: 'ogg',
    ...{
      startTime: '2023-10-27T11:00:00Z',
      timeZone: 'America/Chicago',
      utcOffset: '-05:00',
      durationMs: 10_000,
    },
    ...change,
  });

  it('is told as written where it was written, with its messages counted', () => {
    const [call] = recordedCalls([leg({ medium: 'message', packets: 1 })]);
    expect(call).toMatchObject({ written: true });
    expect(messagesText(call?.legs[0]?.packets ?? 0)).toBe('1 message');
    expect(stateSentence({ state: 'open', written: true })).toBe('What is written is being recorded.');
  });

  it('has its legs on one time line, from the first start to the last end', () => {
    const late = leg({ id: 'r-2', participantId: 'p-ana', startTime: '2023-10-27T11:00:01.5Z' });
    const [call] = recordedCalls([late, leg({})]);
    expect(call).toMatchObject({ who: 'Web caller', queue: 'Support', total: 11.5 });
    expect(call?.legs.map(({ name, place }) => [name, place.from])).toEqual([
      ['Web caller', 0],
      ['Ana Ruiz', 1.5],
    ]);
  });

  it('is not ready before its last leg is', () => {
    const states = (...given: Recording['state'][]) =>
      recordedCalls(given.map((state) => leg({ state })))[0]?.state;
    expect(states('sealed', 'open')).toBe('open');
    expect(states('sealed', 'stopping')).toBe('stopping');
    expect(states('sealed', 'sealed')).toBe('sealed');
  });

  it('tells its start on the wall clock of its zone, with the offset that held', () => {
    const [call] = recordedCalls([leg({})]);
    expect(call && startText(call)).toBe('Fri, 27 Oct 2023, 06:00:00 −05:00');
    expect(shortHash('0123456789abcdef0123456789abcdef')).toBe('01234567…89abcdef');
  });

  it('can be saved with a channel for each side where both were recorded here', () => {
    const saved = (...legs: Recording[]) =>
      recordedCalls(legs)
        .flatMap(savingsOf)
        .map(({ name }) => name);
    const other = leg({ id: 'r-2', participantId: 'p-ana' });
    expect(saved(leg({}), other)).toEqual(['c-1.wav', 'r-1.ogg', 'r-2.ogg']);
    expect(saved(leg({}))).toEqual(['r-1.ogg']);
    expect(saved(leg({ reason: 'import', container: 'mp3' }), other)).toEqual(['r-1.mp3', 'r-2.ogg']);
  });

  it('comes before an earlier one', () => {
    const earlier = leg({ conversationId: 'c-0', startTime: '2023-10-27T10:00:00Z' });
    expect(recordedCalls([earlier, leg({})]).map(({ conversationId }) => conversationId)).toEqual([
      'c-1',
      'c-0',
    ]);
  });
});

it('says which permission is missing, and only where one is', () => {
  const refused = new Refusal(403, { message: 'recording:recording:view is missing.' }, null);
  expect(deniedSentence(refused)).toContain(
    'does not let you listen to recordings: recording:recording:view',
  );
  expect(deniedSentence(new Refusal(503, {}, 5))).toBeNull();
});
