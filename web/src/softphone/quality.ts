/** How well a call sounds, from what its connection counts. Pure; `meter.ts` asks the connection. */
export interface Sample {
  /** The machine's time, in milliseconds. */
  at: number;
  received: number;
  lost: number;
  jitterSeconds: number | null;
  roundTripSeconds: number | null;
  /** The part of what was sent that did not arrive, from 0 to 1. */
  farLoss: number | null;
}

export interface Quality {
  word: 'Good' | 'Fair' | 'Poor' | 'No sound arrives';
  tone: 'good' | 'wait' | 'bad';
  /** Between the two samples, the worse of both ways, from 0 to 1. */
  loss: number;
  jitterMs: number | null;
  roundTripMs: number | null;
}

type Stats = Iterable<Record<string, unknown> & { type?: string }>;

/** Reads a connection's report. Source: W3C Identifiers for WebRTC's Statistics API. */
export function sampleOf(stats: Stats, at: number): Sample {
  const sample: Sample = {
    at,
    received: 0,
    lost: 0,
    jitterSeconds: null,
    roundTripSeconds: null,
    farLoss: null,
  };
  for (const each of stats) {
    if (each.type === 'inbound-rtp') {
      sample.received += numberOf(each.packetsReceived) ?? 0;
      sample.lost += numberOf(each.packetsLost) ?? 0;
      sample.jitterSeconds = numberOf(each.jitter);
    } else if (each.type === 'remote-inbound-rtp') {
      sample.farLoss = numberOf(each.fractionLost);
      sample.roundTripSeconds = numberOf(each.roundTripTime) ?? sample.roundTripSeconds;
    } else if (each.type === 'candidate-pair' && each.nominated === true) {
      sample.roundTripSeconds ??= numberOf(each.currentRoundTripTime);
    }
  }
  return sample;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/**
 * Loss, jitter (ms) and round trip (ms) up to which a call is good, and up to which it is fair. A round trip of 300 ms is a way of
 * 150 ms each, from which on speakers fall into each other's words. Source: ITU-T G.114.
 */
const GOOD = { loss: 0.01, jitter: 30, roundTrip: 300 };
const FAIR = { loss: 0.05, jitter: 60, roundTrip: 500 };

/** How it went between two samples; null until packets could have come. */
export function judgeQuality(before: Sample, now: Sample): Quality | null {
  const received = now.received - before.received;
  const lost = Math.max(0, now.lost - before.lost);
  // Fewer than before: the connection was made anew.
  if (now.at <= before.at || received < 0) return null;
  const measured = {
    loss: Math.max(received + lost === 0 ? 0 : lost / (received + lost), now.farLoss ?? 0),
    jitterMs: milliseconds(now.jitterSeconds),
    roundTripMs: milliseconds(now.roundTripSeconds),
  };
  if (received === 0) return { word: 'No sound arrives', tone: 'bad', ...measured };
  const within = (limit: typeof GOOD) =>
    measured.loss <= limit.loss &&
    (measured.jitterMs ?? 0) <= limit.jitter &&
    (measured.roundTripMs ?? 0) <= limit.roundTrip;
  if (within(GOOD)) return { word: 'Good', tone: 'good', ...measured };
  return within(FAIR)
    ? { word: 'Fair', tone: 'wait', ...measured }
    : { word: 'Poor', tone: 'bad', ...measured };
}

function milliseconds(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1000);
}

/** How the server hears another's line; null before it has heard anything. Source: ITU-T G.107, annex B: R of 80 and 70. */
export function judgeLine(mos: number | null | undefined): Pick<Quality, 'word' | 'tone'> | null {
  if (mos == null) return null;
  if (mos >= 4.03) return { word: 'Good', tone: 'good' };
  return mos >= 3.6 ? { word: 'Fair', tone: 'wait' } : { word: 'Poor', tone: 'bad' };
}

/** The numbers behind the word. */
export function qualityText(quality: Quality): string {
  const percent = quality.loss * 100;
  const loss =
    percent === 0 ? 'nothing lost' : `${percent < 1 ? percent.toFixed(1) : Math.round(percent)} % lost`;
  const jitter = quality.jitterMs === null ? null : `jitter ${quality.jitterMs} ms`;
  const roundTrip = quality.roundTripMs === null ? null : `round trip ${quality.roundTripMs} ms`;
  return [loss, jitter, roundTrip].filter((part) => part !== null).join(', ');
}
