import { describe, expect, it } from 'vitest';
import type { WebCallStatus } from '../wire/api';
import { fragmentOf, withFragment } from './fragment';
import { chooseStep, type Health } from './step';
import {
  CallRefused,
  CallUnreached,
  getIceServers,
  getStatus,
  patchFragment,
  postNewOffer,
  postOffer,
} from './whip';
import { failureOf, wordsOf } from './words';

const QUEUE = 'https://api.test/api/v2/shiftline/calls/whip/q-1';

function server(answer: () => Response) {
  const sent: Request[] = [];
  const doFetch: typeof fetch = async (input, init) => {
    sent.push(new Request(input, init));
    return answer();
  };
  return { doFetch, sent };
}

describe('the call on the wire', () => {
  it('offers, and knows the call by the address that the server gave it', async () => {
    const { doFetch, sent } = server(
      () =>
        new Response('v=0', {
          status: 201,
          headers: { location: '/api/v2/shiftline/calls/whip/q-1/leg.secret' },
        }),
    );
    expect(await postOffer(`${QUEUE}?name=Jo`, 'offer', doFetch)).toEqual({
      resource: `${QUEUE}/leg.secret`,
      sdp: 'v=0',
    });
    expect(sent[0]?.headers.get('content-type')).toBe('application/sdp');
    expect(await sent[0]?.text()).toBe('offer');
  });

  it('renews and restarts at that address', async () => {
    const { doFetch, sent } = server(() => new Response('answer'));
    expect(await postNewOffer(`${QUEUE}/leg.secret`, 'offer', doFetch)).toBe('answer');
    expect(await patchFragment(`${QUEUE}/leg.secret`, 'a=ice-ufrag:x', doFetch)).toBe('answer');
    expect(sent.map(({ method }) => method)).toEqual(['POST', 'PATCH']);
    expect(sent[1]?.headers.get('content-type')).toBe('application/trickle-ice-sdpfrag');
  });

  it('says what the server said, and when to come back', async () => {
    const { doFetch } = server(() =>
      Response.json({ message: 'Too many calls.' }, { status: 429, headers: { 'retry-after': '30' } }),
    );
    const error = await postOffer(QUEUE, 'offer', doFetch).catch((caught: unknown) => caught);
    expect(failureOf(error)).toEqual({ name: 'failed', sentence: 'Too many calls.', retryAfterSeconds: 30 });
  });

  it('tells a refusal without words, a call without address, and no answer at all', async () => {
    const wordless = await getStatus(
      QUEUE,
      server(() => new Response('<html>', { status: 502 })).doFetch,
    ).catch(String);
    expect(wordless).toContain('502');
    await expect(postOffer(QUEUE, 'offer', server(() => new Response('v=0')).doFetch)).rejects.toBeInstanceOf(
      CallRefused,
    );
    const nobody: typeof fetch = async () => {
      throw new TypeError('Failed to fetch');
    };
    await expect(getStatus(QUEUE, nobody)).rejects.toBeInstanceOf(CallUnreached);
  });
});

describe('fragments', () => {
  const description = [
    ...['v=0', 'o=- 1 2 IN IP4 0.0.0.0', 's=-', 't=0 0', 'a=group:BUNDLE 0'],
    ...['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0', 'a=ice-ufrag:old', 'a=ice-pwd:oldpassword'],
    ...[
      'a=fingerprint:sha-256 AA:BB',
      'a=setup:passive',
      'a=mid:0',
      'a=sendrecv',
      'a=rtpmap:111 opus/48000/2',
    ],
    ...['a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host', 'a=end-of-candidates', ''],
  ].join('\r\n');

  it('hold the credentials, the line of audio and the candidates', () => {
    expect(fragmentOf(description).split('\r\n')).toEqual([
      ...['a=ice-ufrag:old', 'a=ice-pwd:oldpassword', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0'],
      ...['a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host', 'a=end-of-candidates', ''],
    ]);
  });

  it('renew a description and leave the rest of it as it was', () => {
    const news =
      'a=ice-ufrag:new\r\na=ice-pwd:newpassword\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=candidate:2 1 udp 1 192.0.2.2 40002 typ host\r\n';
    const renewed = withFragment(description, news).split('\r\n');
    expect(renewed.filter((line) => /ice-|candidate/.test(line))).toEqual([
      ...['a=ice-ufrag:new', 'a=ice-pwd:newpassword', 'a=candidate:2 1 udp 1 192.0.2.2 40002 typ host'],
    ]);
    const others = (lines: string[]) => lines.filter((line) => !/ice-|candidate/.test(line));
    expect(others(renewed)).toEqual(others(description.split('\r\n')));
    expect(renewed.indexOf('a=ice-ufrag:new')).toBeGreaterThan(
      renewed.indexOf('m=audio 9 UDP/TLS/RTP/SAVPF 111'),
    );
  });
});

describe('what helps a call that does not come through', () => {
  const status = (change: Partial<WebCallStatus> = {}): WebCallStatus => ({
    state: 'connected',
    generation: 1,
    ...change,
  });
  const health = (ice: RTCIceConnectionState, restartedAt: number | null = null): Health => ({
    ice,
    since: 0,
    restartedAt,
  });

  it('is nothing while it is well', () => {
    expect(chooseStep(status(), 1, health('connected'), 60_000)).toBe('stay');
    expect(chooseStep(status(), 1, health('checking'), 60_000)).toBe('stay');
  });

  it('is a new offer when its media process died, or the server made it anew', () => {
    expect(chooseStep(status({ state: 'lost' }), 1, health('connected'), 0)).toBe('renew');
    expect(chooseStep(status({ generation: 2 }), 1, health('connected'), 0)).toBe('renew');
  });

  it('is a restart of ICE when the network is gone for longer than a moment, or for good', () => {
    expect(chooseStep(status(), 1, health('disconnected'), 1_000)).toBe('stay');
    expect(chooseStep(status(), 1, health('disconnected'), 2_500)).toBe('restart');
    expect(chooseStep(status(), 1, health('failed'), 0)).toBe('restart');
  });

  it('is a new offer where a restart did not help', () => {
    expect(chooseStep(status(), 1, health('failed', 1_000), 3_000)).toBe('stay');
    expect(chooseStep(status(), 1, health('failed', 1_000), 8_000)).toBe('renew');
  });
});

describe('the words', () => {
  const told = (status: Partial<WebCallStatus>) =>
    wordsOf({ name: 'call', status: { state: 'waiting', generation: 1, ...status }, unreached: false });

  it('tell the place in line and the wait', () => {
    expect(told({ position: 3, expectedWaitSeconds: 150 })).toEqual({
      title: 'You are number 3 in line',
      more: 'It takes about 3 minutes.',
    });
    expect(told({ position: 1, expectedWaitSeconds: 20 })).toEqual({
      title: 'You are next',
      more: 'It takes less than a minute.',
    });
    expect(told({ expectedWaitSeconds: 70 }).more).toBe('It takes about a minute.');
    expect(told({}).title).toBe('You are in line');
  });

  it('explain a microphone that there is not', () => {
    expect(failureOf(new DOMException('', 'NotAllowedError')).sentence).toContain('Allow it');
    expect(failureOf(new DOMException('', 'NotFoundError')).sentence).toContain('No microphone');
    expect(failureOf(new DOMException('', 'NotReadableError')).sentence).toContain('Another program');
  });
});

describe('the servers by which a browser finds its addresses', () => {
  const answering = (status: number, body: string) =>
    (() => Promise.resolve(new Response(body, { status }))) as unknown as typeof fetch;

  it('are those that the queue names', async () => {
    const servers = [{ urls: 'turn:relay.example:3478', username: 'u', credential: 'c' }];
    const doFetch = answering(200, JSON.stringify({ id: 'q', name: 'Q', iceServers: servers }));
    expect(await getIceServers('https://api.example/whip/q', doFetch)).toEqual(servers);
  });

  it('are none where the queue is refused or says nothing that can be read', async () => {
    expect(await getIceServers('https://api.example/whip/q', answering(404, '{"message":"no"}'))).toEqual([]);
    expect(await getIceServers('https://api.example/whip/q', answering(200, 'oops'))).toEqual([]);
  });
});
