import { judgeQuality, type Quality, type Sample, sampleOf } from './quality';

const SAMPLE_MS = 2_000;

/** What is seen of a call's sound while it is on: how loud both sides are, and how well the connection does. */
export interface Watch {
  /** From 0 to 1, written at each frame. */
  levels: (own: number, far: number) => void;
  quality: (quality: Quality | null) => void;
}

/**
 * Watches a call's sound until the returned function is called: one loop of frames, one question in two seconds. `connection`
 * is asked again and again, because a call may get a new one, and a new microphone, at any time.
 */
export function watchSound(connection: () => RTCPeerConnection | null, watch: Watch): () => void {
  const context = new AudioContext();
  const own = new Ear(context);
  const far = new Ear(context);
  let before: { connection: RTCPeerConnection; sample: Sample } | null = null;
  let frame = requestAnimationFrame(function look() {
    watch.levels(own.level(), far.level());
    frame = requestAnimationFrame(look);
  });

  async function ask(): Promise<void> {
    const now = connection();
    own.hear(now?.getSenders().find(({ track }) => track?.kind === 'audio')?.track);
    far.hear(now?.getReceivers().find(({ track }) => track.kind === 'audio')?.track);
    if (now === null) return;
    const report = (await now.getStats()) as unknown as Map<string, Record<string, unknown>>;
    const sample = sampleOf(report.values(), performance.now());
    if (before?.connection === now) watch.quality(judgeQuality(before.sample, sample));
    before = { connection: now, sample };
  }

  const timer = setInterval(() => void ask().catch(() => undefined), SAMPLE_MS);
  void ask().catch(() => undefined);
  return () => {
    cancelAnimationFrame(frame);
    clearInterval(timer);
    void context.close();
  };
}

/** How loud one track is. */
class Ear {
  readonly #context: AudioContext;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;
  #track: MediaStreamTrack | undefined;
  #source: MediaStreamAudioSourceNode | undefined;

  constructor(context: AudioContext) {
    this.#context = context;
    this.#analyser = context.createAnalyser();
    // 11 ms at 48 kHz: enough to see a voice, little to add up at each frame.
    this.#analyser.fftSize = 512;
    this.#samples = new Float32Array(this.#analyser.fftSize);
  }

  hear(track: MediaStreamTrack | null | undefined): void {
    if (this.#track === (track ?? undefined)) return;
    this.#source?.disconnect();
    this.#track = track ?? undefined;
    this.#source = track ? this.#context.createMediaStreamSource(new MediaStream([track])) : undefined;
    this.#source?.connect(this.#analyser);
  }

  level(): number {
    if (this.#source === undefined) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return loudness(this.#samples);
  }
}

/** Below this a room is silent, in decibels under full scale. */
const SILENCE_DB = -60;

/** From 0 (silence) to 1 (full scale), even for the ear: by decibels. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, 1 - decibels / SILENCE_DB));
}
