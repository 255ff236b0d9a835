import type { Environment } from '../foundation/environment';
import { challengeOf, randomText } from './pkce';

/** Why this page has no token. */
export type SignedOutReason = 'never' | 'signed-out' | 'ended';

export type IdentityState = { token: string } | { token: null; reason: SignedOutReason };

export interface Identity {
  state(): IdentityState;
  subscribe(listener: () => void): () => void;
  /** Leaves for the login host; comes back at /signed-in. */
  begin(returnTo: string): Promise<void>;
  /** Takes the login host's answer, and returns where the person wanted to go. Raises SignInFailed. */
  complete(answer: URLSearchParams): Promise<string>;
  drop(reason: SignedOutReason): void;
}

export class SignInFailed extends Error {
  override name = 'SignInFailed';
}

export interface IdentityPorts {
  environment: Environment;
  storage: Storage;
  leave: (url: string) => void;
  fetch?: typeof fetch;
}

const CLIENT_ID = 'shiftline-web';
const TOKEN_KEY = 'shiftline.token';
const ATTEMPT_KEY = 'shiftline.sign-in';

interface Attempt {
  state: string;
  verifier: string;
  returnTo: string;
}

export function createIdentity(ports: IdentityPorts): Identity {
  const { environment, storage } = ports;
  const doFetch = ports.fetch ?? fetch.bind(globalThis);
  const redirectUri = `${environment.page}/signed-in`;
  const listeners = new Set<() => void>();
  const stored = storage.getItem(TOKEN_KEY);
  let current: IdentityState = stored ? { token: stored } : { token: null, reason: 'never' };

  function become(next: IdentityState): void {
    current = next;
    for (const listener of listeners) listener();
  }

  async function exchange(code: string, verifier: string): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      client_id: CLIENT_ID,
      code_verifier: verifier,
    });
    const response = await doFetch('/oauth/token', { method: 'POST', body: form, credentials: 'omit' }).catch(
      () => {
        throw new SignInFailed('Shiftline could not be reached to finish the sign-in.');
      },
    );
    const body: { access_token?: string; description?: string; error_description?: string } = await response
      .json()
      .catch(() => ({}));
    if (!response.ok || !body.access_token) {
      throw new SignInFailed(
        body.description ?? body.error_description ?? `The sign-in was answered ${response.status}.`,
      );
    }
    return body.access_token;
  }

  return {
    state: () => current,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async begin(returnTo) {
      const attempt: Attempt = { state: randomText(), verifier: randomText(), returnTo };
      storage.setItem(ATTEMPT_KEY, JSON.stringify(attempt));
      const query = new URLSearchParams({
        client_id: CLIENT_ID,
        response_type: 'code',
        redirect_uri: redirectUri,
        code_challenge: await challengeOf(attempt.verifier),
        code_challenge_method: 'S256',
        state: attempt.state,
      });
      ports.leave(`${environment.login}/oauth/authorize?${query}`);
    },
    async complete(answer) {
      const attempt = takeAttempt(storage);
      const refused = answer.get('error');
      if (refused)
        throw new SignInFailed(answer.get('error_description') ?? `The sign-in was refused (${refused}).`);
      const code = answer.get('code');
      if (!attempt || !code || answer.get('state') !== attempt.state) {
        throw new SignInFailed('This sign-in was not started in this tab, or was already used.');
      }
      const token = await exchange(code, attempt.verifier);
      storage.setItem(TOKEN_KEY, token);
      become({ token });
      return attempt.returnTo;
    },
    drop(reason) {
      storage.removeItem(TOKEN_KEY);
      if (current.token !== null) become({ token: null, reason });
    },
  };
}

/** Reads the attempt and forgets it: a code is exchanged once. */
function takeAttempt(storage: Storage): Attempt | null {
  const text = storage.getItem(ATTEMPT_KEY);
  storage.removeItem(ATTEMPT_KEY);
  return text ? (JSON.parse(text) as Attempt) : null;
}
