/** Sounds that this page makes itself: a ring, a knock while one talks, and a tone before a call answers by itself. */
export type Ring = 'ring' | 'knock' | 'tone';

/** Source: ITU-T E.180; the two pitches of the North American ring. */
const RING_HZ = [440, 480];
const PATTERNS: Record<Ring, { beats: number[]; length: number; everyMs: number | null; volume: number }> = {
  ring: { beats: [0, 0.6], length: 0.4, everyMs: 3_000, volume: 0.12 },
  knock: { beats: [0, 0.25], length: 0.12, everyMs: 5_000, volume: 0.05 },
  tone: { beats: [0], length: 0.3, everyMs: null, volume: 0.1 },
};

/** Sounds until the returned function is called. `silenced` hears whether the browser keeps the page quiet until somebody clicks. */
export function sound(
  ring: Ring,
  speaker: string | null,
  silenced: (isSilenced: boolean) => void,
): () => void {
  const context = new AudioContext();
  void chooseSpeaker(context, speaker);
  const pattern = PATTERNS[ring];
  const beat = () => {
    if (context.state !== 'running') {
      void context.resume();
      return;
    }
    silenced(false);
    for (const start of pattern.beats) play(context, start, pattern);
  };
  const timer = pattern.everyMs === null ? undefined : setInterval(beat, pattern.everyMs);
  // A context begins suspended, and runs a moment later where the browser lets it.
  const begun = new AbortController();
  context.addEventListener('statechange', beat, { once: true, signal: begun.signal });
  const doubt = setTimeout(() => silenced(context.state === 'suspended'), 500);
  return () => {
    begun.abort();
    clearTimeout(doubt);
    clearInterval(timer);
    void context.close();
  };
}

function play(
  context: AudioContext,
  start: number,
  { length, volume }: { length: number; volume: number },
): void {
  const at = context.currentTime + start;
  const gain = context.createGain();
  // A few milliseconds of slope on both sides, else it clicks.
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(volume, at + 0.02);
  gain.gain.setValueAtTime(volume, at + length - 0.04);
  gain.gain.linearRampToValueAtTime(0, at + length);
  gain.connect(context.destination);
  for (const pitch of RING_HZ) {
    const oscillator = context.createOscillator();
    oscillator.frequency.value = pitch;
    oscillator.connect(gain);
    oscillator.start(at);
    oscillator.stop(at + length);
  }
}

/** Not all browsers can play elsewhere than the system does; then it rings there. */
async function chooseSpeaker(context: AudioContext, speaker: string | null): Promise<void> {
  const able = context as AudioContext & { setSinkId?: (id: string) => Promise<void> };
  if (speaker !== null) await able.setSinkId?.(speaker).catch(() => undefined);
}
