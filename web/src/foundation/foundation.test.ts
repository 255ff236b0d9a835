import { describe, expect, it } from 'vitest';
import { createApi, Refusal, Unreached } from './api';
import { createClock } from './clock';
import { environmentOf } from './environment';
import { everyMs, passesByItself, readAgainIn } from './queries';
import { lastedText, lengthText, placeOf, stopwatch, timeOfDay } from './time';

describe('the environment', () => {
  it('strips apps. from the page’s host, and keeps the port', () => {
    expect(environmentOf({ host: 'apps.localhost:8443', origin: 'https://apps.localhost:8443' })).toEqual({
      name: 'localhost:8443',
      api: 'https://api.localhost:8443',
      streaming: 'https://streaming.localhost:8443',
      login: 'https://login.localhost:8443',
      page: 'https://apps.localhost:8443',
    });
  });

  it('uses paths of the bare host', () => {
    const bare = environmentOf({ host: 'shiftline.example', origin: 'https://shiftline.example' });
    expect([bare.name, bare.api, bare.login]).toEqual([
      'shiftline.example',
      'https://shiftline.example',
      'https://shiftline.example',
    ]);
  });
});

describe('the application’s clock', () => {
  it('follows the server, runs on by itself, and ignores what it cannot read', () => {
    let machine = 1_000_000;
    const clock = createClock(() => machine);
    let renewed = 0;
    clock.subscribe(() => {
      renewed += 1;
    });
    clock.observe('2023-10-27T10:45:00.000Z');
    machine += 60_000;
    expect(new Date(clock.now()).toISOString()).toBe('2023-10-27T10:46:00.000Z');
    clock.observe('2023-10-27T10:46:00.900Z');
    clock.observe('no time');
    clock.observe(null);
    expect(new Date(clock.now()).toISOString()).toBe('2023-10-27T10:46:00.000Z');
    expect(renewed).toBe(1);
  });
});

describe('the API', () => {
  const build = (answer: () => Response) => {
    const dropped: string[] = [];
    const sent: Request[] = [];
    const api = createApi({
      base: 'https://api.test',
      clock: createClock(() => 0),
      token: () => 'tok',
      onUnauthorized: (token) => dropped.push(token),
      fetch: async (input, init) => {
        sent.push(new Request(input, init));
        return answer();
      },
    });
    return { api, dropped, sent };
  };

  it('sends the token and reads JSON', async () => {
    const { api, sent } = build(() => Response.json({ id: 'u' }));
    expect(await api.get('/users/me')).toEqual({ id: 'u' });
    expect(sent[0]?.url).toBe('https://api.test/api/v2/users/me');
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer tok');
  });

  it('reads what is not JSON as it is', async () => {
    const { api } = build(() => new Response(new Uint8Array([1, 2, 3])));
    expect(new Uint8Array(await (await api.blob('/sound')).arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('raises what the server said, and when to come back', async () => {
    const { api, dropped } = build(() =>
      Response.json({ message: 'Later.' }, { status: 503, headers: { 'retry-after': '3' } }),
    );
    const error = await api.get('/x').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ status: 503, message: 'Later.', retryAfterSeconds: 3 });
    expect(dropped).toEqual([]);
  });

  it('gives up the token only on 401', async () => {
    const { api, dropped } = build(() => new Response('', { status: 401 }));
    await expect(api.get('/x')).rejects.toBeInstanceOf(Refusal);
    expect(dropped).toEqual(['tok']);
  });

  it('reads what it wrote, by the greatest revision that it was told of since', async () => {
    const told = (revision: string) => Response.json({}, { headers: { 'shiftline-revision': revision } });
    const answers = ['r1-5', 'r1-3', 'r1-2', 'r1-4', 'r1-9', 'r1-9'].map(told);
    const { api, sent } = build(() => answers.shift() ?? told('r1-1'));
    await api.get('/before');
    await api.put('/x', {});
    await api.post('/older', {});
    await api.get('/x');
    await api.get('/newer');
    await api.get('/x');
    api.heard();
    await api.get('/x');
    expect(sent.map(({ headers }) => headers.get('shiftline-min-revision'))).toEqual([
      ...[null, null, null, 'r1-3', 'r1-4', 'r1-9', null],
    ]);
  });

  it('takes no revision of an answer that news has overtaken', async () => {
    let write: (answer: Response) => void = () => undefined;
    const { api, sent } = build(() => new Promise<Response>((resolve) => (write = resolve)) as never);
    const written = api.put('/x', {});
    await Promise.resolve();
    api.heard();
    write(Response.json({}, { headers: { 'shiftline-revision': 'r1-7' } }));
    await written;
    const read = api.get('/x');
    write(Response.json({}));
    await read;
    expect(sent[1]?.headers.get('shiftline-min-revision')).toBeNull();
  });

  it('asks once more without a revision that is refused, and not without end', async () => {
    const refusal = { message: 'no', details: [{ fieldName: 'shiftline-min-revision' }] };
    const answers = [
      Response.json({}, { headers: { 'shiftline-revision': 'r1-5' } }),
      ...[1, 2].map(() => Response.json(refusal, { status: 400 })),
    ];
    const { api, sent } = build(() => answers.shift() ?? Response.json({ id: 'u' }));
    await api.delete('/x');
    await expect(api.get('/x')).rejects.toBeInstanceOf(Refusal);
    expect(await api.get('/x')).toEqual({ id: 'u' });
    expect(sent.map(({ headers }) => headers.get('shiftline-min-revision'))).toEqual([
      null,
      'r1-5',
      null,
      null,
    ]);
  });

  it('tells no answer from a refusal', async () => {
    const { api } = build(() => {
      throw new TypeError('Failed to fetch');
    });
    await expect(api.get('/x')).rejects.toBeInstanceOf(Unreached);
  });
});

it('tries again only what passes by itself', () => {
  const refusal = (status: number) => new Refusal(status, {}, null);
  expect([403, 404, 409, 429, 500, 503].map((status) => passesByItself(refusal(status)))).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
  ]);
  expect(everyMs(10_000)({ state: { status: 'success', error: null } })).toBe(10_000);
  expect(everyMs(10_000)({ state: { status: 'error', error: refusal(403) } })).toBe(false);
  expect(readAgainIn('heard', { state: { status: 'success', error: null } })).toBe(false);
  expect(readAgainIn('unheard', { state: { status: 'success', error: null } })).toBe(30_000);
  expect(readAgainIn('heard', { state: { status: 'error', error: new Unreached(null) } })).toBe(5_000);
  expect(readAgainIn('unheard', { state: { status: 'error', error: refusal(403) } })).toBe(false);
});

it('reads time aloud', () => {
  expect(timeOfDay(Date.parse('2023-10-27T10:58:03Z'), 'America/Chicago')).toBe('05:58:03');
  expect(placeOf('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
  expect([-5, 7_900, 187_000, 3_765_000].map(stopwatch)).toEqual(['0:00', '0:07', '3:07', '1:02:45']);
  expect([900, 59_000, 61_000, 3_900_000].map(lastedText)).toEqual(['1 s', '59 s', '1 m', '1 h 5 m']);
  const hour = 3_600_000;
  expect([24, 28.4, 71, 73, 1680].map((hours) => lastedText(hours * hour))).toEqual([
    ...['1 day', '1 day 4 h', '2 days 23 h', '3 days', '70 days'],
  ]);
  // Work is counted in hours, of a whole week too.
  expect([0, 45, 60, 510, 2250].map(lengthText)).toEqual(['0 m', '45 m', '1 h', '8 h 30 m', '37 h 30 m']);
});
