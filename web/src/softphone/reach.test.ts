import { expect, it } from 'vitest';
import { environmentOf } from '../foundation/environment';
import { streamingTrouble, whyUnreached } from './reach';

const environment = environmentOf({ host: 'apps.localhost:8443', origin: 'https://apps.localhost:8443' });

/** A browser's view: only the named hosts give an answer of any kind. */
function seen(...answering: string[]): typeof fetch {
  return async (input) => {
    if (answering.includes(new URL(String(input)).host)) return new Response();
    throw new TypeError('Failed to fetch');
  };
}

const ports = (fetch: typeof globalThis.fetch, onLine = true) => ({
  environment,
  onLine: () => onLine,
  fetch,
});

it('names the computer when it is offline', async () => {
  expect(await whyUnreached(ports(seen(), false))).toEqual({ cause: 'offline' });
});

it('names the certificate when only this page’s own host answers', async () => {
  const reach = await whyUnreached(ports(seen('apps.localhost:8443')));
  expect(reach).toEqual({ cause: 'certificate', host: 'https://api.localhost:8443' });
});

it('takes an opaque answer, or none at all, for a restart', async () => {
  const edgeOnly = seen('apps.localhost:8443', 'api.localhost:8443');
  expect(await whyUnreached(ports(edgeOnly))).toEqual({ cause: 'restarting' });
  expect(await whyUnreached(ports(seen()))).toEqual({ cause: 'restarting' });
});

it('never blames the certificate of the host that served this page', async () => {
  const bare = environmentOf({ host: 'localhost:8443', origin: 'https://localhost:8443' });
  const reach = await whyUnreached({ environment: bare, onLine: () => true, fetch: seen() });
  expect(reach).toEqual({ cause: 'restarting' });
});

it('finds the streaming host on its own', async () => {
  expect(await streamingTrouble(ports(seen('streaming.localhost:8443')))).toBeNull();
  expect(await streamingTrouble(ports(seen('api.localhost:8443')))).toEqual({
    cause: 'certificate',
    host: 'https://streaming.localhost:8443',
  });
});
