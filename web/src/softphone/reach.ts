import type { Environment } from '../foundation/environment';

/** Why no answer came. `certificate`: the named host's certificate is not trusted by this browser. */
export type Reach =
  | { cause: 'offline' }
  | { cause: 'certificate'; host: string }
  /** The edge answers, the process behind it does not; or the whole server is gone for the moment. */
  | { cause: 'restarting' };

export interface ReachPorts {
  environment: Environment;
  onLine: () => boolean;
  fetch?: typeof fetch;
}

const TIMEOUT_MS = 4000;

/**
 * Tells apart why the API gave no readable answer. A browser hides the reason from scripts, so the hosts are compared: an opaque answer means that the
 * edge is there, and none at all, while this page's own host answers, means that the browser refuses that host's certificate.
 */
export async function whyUnreached(ports: ReachPorts): Promise<Reach> {
  if (!ports.onLine()) return { cause: 'offline' };
  const { page, api } = ports.environment;
  const [pageAnswers, apiAnswers] = await Promise.all([answers(ports, page), answers(ports, api)]);
  if (pageAnswers && !apiAnswers && page !== api) return { cause: 'certificate', host: api };
  return { cause: 'restarting' };
}

/** Null when the streaming host answers; the API is known to answer when this is asked. */
export async function streamingTrouble(ports: ReachPorts): Promise<Reach | null> {
  const { streaming } = ports.environment;
  return (await answers(ports, streaming)) ? null : { cause: 'certificate', host: streaming };
}

async function answers(ports: ReachPorts, origin: string): Promise<boolean> {
  const doFetch = ports.fetch ?? fetch.bind(globalThis);
  try {
    await doFetch(`${origin}/`, {
      mode: 'no-cors',
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return true;
  } catch {
    return false;
  }
}
