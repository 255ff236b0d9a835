import type { WebCallStatus } from '../wire/api';

/** How the sound's connection does. `since`: the machine's time at which it became so. */
export interface Health {
  ice: RTCIceConnectionState;
  since: number;
  /** When its ICE was last told to restart; null: not since it was made. */
  restartedAt: number | null;
}

/** `renew`: a new connection for the same call; `restart`: new ways for the connection that there is. */
export type Step = 'stay' | 'restart' | 'renew';

/** A network that changes comes back by itself within this time, or not at all. */
const BLIP_MS = 2_000;
/** How long a restart may take. */
const RESTART_MS = 6_000;

/** What helps a call whose sound does not come through. `generation`: of the offer that this page made last. */
export function chooseStep(status: WebCallStatus, generation: number, health: Health, now: number): Step {
  if (status.state === 'lost' || status.generation > generation) return 'renew';
  if (health.ice !== 'disconnected' && health.ice !== 'failed') return 'stay';
  if (health.restartedAt !== null && now - health.restartedAt > RESTART_MS) return 'renew';
  if (health.restartedAt !== null) return 'stay';
  return health.ice === 'failed' || now - health.since > BLIP_MS ? 'restart' : 'stay';
}
