import { describe, expect, it } from 'vitest';
import { environmentOf } from '../foundation/environment';
import { createIdentity, SignInFailed } from './identity';
import { challengeOf } from './pkce';

class Memory implements Storage {
  readonly #items = new Map<string, string>();
  get length() {
    return this.#items.size;
  }
  clear() {
    this.#items.clear();
  }
  getItem(key: string) {
    return this.#items.get(key) ?? null;
  }
  key(index: number) {
    return [...this.#items.keys()][index] ?? null;
  }
  removeItem(key: string) {
    this.#items.delete(key);
  }
  setItem(key: string, value: string) {
    this.#items.set(key, value);
  }
}

const environment = environmentOf({ host: 'apps.localhost:8443', origin: 'https://apps.localhost:8443' });

function signIn(answer: () => Response = () => Response.json({ access_token: 'tok' })) {
  const left: URL[] = [];
  const forms: URLSearchParams[] = [];
  const storage = new Memory();
  const identity = createIdentity({
    environment,
    storage,
    leave: (url) => left.push(new URL(url)),
    fetch: async (_url, init) => {
      forms.push(init?.body as URLSearchParams);
      return answer();
    },
  });
  return { identity, left, forms, storage };
}

describe('sign in', () => {
  it('challenges with S256', async () => {
    // Source: RFC 7636, appendix B.
    expect(await challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });

  it('leaves with a challenge, and exchanges the code with its verifier', async () => {
    const { identity, left, forms } = signIn();
    await identity.begin('/?week=2023-10-22');
    const asked = left[0]?.searchParams ?? new URLSearchParams();
    expect(left[0]?.origin).toBe('https://login.localhost:8443');
    expect(Object.fromEntries(asked)).toMatchObject({
      client_id: 'shiftline-web',
      response_type: 'code',
      redirect_uri: 'https://apps.localhost:8443/signed-in',
      code_challenge_method: 'S256',
    });
    const returnTo = await identity.complete(
      new URLSearchParams({ code: 'c', state: asked.get('state') ?? '' }),
    );
    expect(returnTo).toBe('/?week=2023-10-22');
    expect(identity.state()).toEqual({ token: 'tok' });
    expect(await challengeOf(forms[0]?.get('code_verifier') ?? '')).toBe(asked.get('code_challenge'));
    expect(forms[0]?.get('redirect_uri')).toBe(asked.get('redirect_uri'));
  });

  it('takes no answer that this tab did not ask for, and none twice', async () => {
    const { identity, left } = signIn();
    await identity.begin('/');
    const state = left[0]?.searchParams.get('state') ?? '';
    await expect(identity.complete(new URLSearchParams({ code: 'c', state: 'other' }))).rejects.toThrow(
      SignInFailed,
    );
    await expect(identity.complete(new URLSearchParams({ code: 'c', state }))).rejects.toThrow(SignInFailed);
    expect(identity.state().token).toBeNull();
  });

  it('says what the server said when it refuses', async () => {
    const { identity, left } = signIn(() =>
      Response.json({ error: 'invalid_grant', description: 'The code has expired.' }, { status: 400 }),
    );
    await identity.begin('/');
    const answer = new URLSearchParams({ code: 'c', state: left[0]?.searchParams.get('state') ?? '' });
    await expect(identity.complete(answer)).rejects.toThrow('The code has expired.');
  });

  it('survives a reload, and forgets on sign out', async () => {
    const { identity, left, storage } = signIn();
    await identity.begin('/');
    await identity.complete(
      new URLSearchParams({ code: 'c', state: left[0]?.searchParams.get('state') ?? '' }),
    );
    const reloaded = createIdentity({ environment, storage, leave: () => undefined });
    expect(reloaded.state()).toEqual({ token: 'tok' });
    reloaded.drop('signed-out');
    expect(reloaded.state()).toEqual({ token: null, reason: 'signed-out' });
    expect(storage.length).toBe(0);
  });
});
