import type { WebCallStatus } from '../wire/api';

/** Calls a queue from the web. Source: RFC 9725 (WHIP); how a call stands, and a new offer for one that goes on, are the server's own. */

/** The server answered, and said no. */
export class CallRefused extends Error {
  readonly status: number;
  readonly retryAfterSeconds: number | null;

  constructor(status: number, message: string, retryAfterSeconds: number | null) {
    super(message);
    this.name = 'CallRefused';
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Nothing answered. */
export class CallUnreached extends Error {
  override name = 'CallUnreached';
}

export interface Answer {
  /** The call itself: whoever knows this address may end it. */
  resource: string;
  sdp: string;
}

const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
const TIMEOUT_MS = 15_000;

/** The servers by which a browser finds its own addresses; none where the queue says nothing: its refusal comes with the call. */
export async function getIceServers(url: string, doFetch: typeof fetch = fetch): Promise<RTCIceServer[]> {
  const response = await send(doFetch, url, { headers: { accept: 'application/json' } }).catch(() => null);
  const body: { iceServers?: RTCIceServer[] } | null = (await response?.json().catch(() => null)) ?? null;
  return Array.isArray(body?.iceServers) ? body.iceServers : [];
}

export async function postOffer(url: string, offer: string, doFetch: typeof fetch = fetch): Promise<Answer> {
  const response = await send(doFetch, url, {
    method: 'POST',
    headers: { 'content-type': SDP },
    body: offer,
  });
  const location = response.headers.get('location');
  if (location === null)
    throw new CallRefused(response.status, 'The server did not say where the call is.', null);
  return { resource: new URL(location, url).href, sdp: await response.text() };
}

/** Makes the media of a call anew: the same call, another connection. The answer's description. */
export async function postNewOffer(
  resource: string,
  offer: string,
  doFetch: typeof fetch = fetch,
): Promise<string> {
  const init = { method: 'POST', headers: { 'content-type': SDP }, body: offer };
  return (await send(doFetch, resource, init)).text();
}

/** Tells new credentials; the server's own come back, or an empty text where they stay. Source: RFC 9725 section 4.3. */
export async function patchFragment(
  resource: string,
  fragment: string,
  doFetch: typeof fetch = fetch,
): Promise<string> {
  const headers = { 'content-type': FRAGMENT, 'if-match': '*' };
  return (await send(doFetch, resource, { method: 'PATCH', headers, body: fragment })).text();
}

export async function getStatus(resource: string, doFetch: typeof fetch = fetch): Promise<WebCallStatus> {
  return (await send(doFetch, resource, { headers: { accept: 'application/json' } })).json();
}

/** Also when the page is being left. */
export async function hangUp(resource: string, doFetch: typeof fetch = fetch): Promise<void> {
  await send(doFetch, resource, { method: 'DELETE', keepalive: true });
}

async function send(doFetch: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  const limit = { credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) } as const;
  const response = await doFetch(url, { ...limit, ...init }).catch((cause: unknown) => {
    throw new CallUnreached('The call centre could not be reached.', { cause });
  });
  if (response.ok) return response;
  const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
  throw new CallRefused(
    response.status,
    (await saidIn(response)) ?? `The call was answered ${response.status}.`,
    Number.isNaN(seconds) ? null : seconds,
  );
}

async function saidIn(response: Response): Promise<string | null> {
  const body: { message?: unknown } | null = await response.json().catch(() => null);
  return typeof body?.message === 'string' && body.message !== '' ? body.message : null;
}
