import type { Place } from './peaks';

/** What an audio element can do, as far as it is needed. */
export interface Voice {
  currentTime: number;
  playbackRate: number;
  readonly paused: boolean;
  play(): Promise<void>;
  pause(): void;
}

export interface PlaybackState {
  playing: boolean;
  /** Seconds from the call's begin. */
  position: number;
  speed: number;
}

/** Ears take two voices that are this far apart for one time. Seconds. */
const DRIFT = 0.08;
const LOOK_MS = 200;

/** Plays the legs of a call on one time line. Its own clock leads; each leg is set right where it strays from it. */
export class Playback {
  readonly #total: number;
  readonly #legs: { place: Place; voice: Voice }[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #now: () => number;
  #state: PlaybackState = { playing: false, position: 0, speed: 1 };
  /** When, and where, the present stretch began: milliseconds and seconds. */
  #since = { at: 0, position: 0 };
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(total: number, now: () => number = () => performance.now()) {
    this.#total = total;
    this.#now = now;
  }

  state = (): PlaybackState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Adds a leg, also while others play already. */
  add(place: Place, voice: Voice): void {
    voice.playbackRate = this.#state.speed;
    this.#legs.push({ place, voice });
    this.#align();
  }

  play(): void {
    if (this.#state.playing) return;
    const atEnd = this.#state.position >= this.#total;
    this.#begin(atEnd ? 0 : this.#state.position, { playing: true });
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  pause(): void {
    clearInterval(this.#timer);
    this.#begin(this.#position(), { playing: false });
  }

  seek(position: number): void {
    this.#begin(Math.min(this.#total, Math.max(0, position)), {});
  }

  setSpeed(speed: number): void {
    this.#begin(this.#position(), { speed });
    for (const { voice } of this.#legs) voice.playbackRate = speed;
  }

  close(): void {
    this.pause();
    this.#listeners.clear();
  }

  #begin(position: number, change: Partial<PlaybackState>): void {
    this.#since = { at: this.#now(), position };
    this.#become({ ...change, position });
    this.#align();
  }

  #look(): void {
    const position = this.#position();
    if (position >= this.#total) {
      clearInterval(this.#timer);
      this.#begin(this.#total, { playing: false });
      return;
    }
    this.#become({ position });
    this.#align();
  }

  #position(): number {
    const { playing, position, speed } = this.#state;
    if (!playing) return position;
    return Math.min(this.#total, this.#since.position + ((this.#now() - this.#since.at) / 1000) * speed);
  }

  #align(): void {
    const { playing, position } = this.#state;
    for (const { place, voice } of this.#legs) {
      const time = position - place.from;
      const sounds = time >= 0 && time < place.length;
      if (sounds && Math.abs(voice.currentTime - time) > DRIFT) voice.currentTime = time;
      if (playing && sounds && voice.paused) void voice.play().catch(() => undefined);
      if (!(playing && sounds) && !voice.paused) voice.pause();
    }
  }

  #become(change: Partial<PlaybackState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
