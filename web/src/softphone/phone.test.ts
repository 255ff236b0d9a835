import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Api, Refusal } from '../foundation/api';
import { agent, colleague, conversation, customer, ME, RINGING, START_MS } from './calls.example';
import { FAREWELL_MS, type Microphone, Phone } from './phone';
import type { Trunk, TrunkEvent } from './trunk';

/** What was asked of the vendor's library and of the server, in order. */
let asked: string[];
let answer: (asked: string) => unknown;
let microphone: Microphone;
let tell: (event: TrunkEvent | null) => void;
let connection: unknown;
let stored: Map<string, string>;
let phone: Phone;

const note = async (text: string) => {
  asked.push(text);
  return answer(text);
};

function trunk(): Trunk {
  const does =
    (verb: string) =>
    (...given: unknown[]) =>
      note(
        [verb, ...given.map((each) => (typeof each === 'object' ? JSON.stringify(each) : each))].join(' '),
      );
  return {
    answer: does('answer'),
    decline: does('decline'),
    end: does('end'),
    mute: does('mute'),
    hold: does('hold'),
    call: does('call'),
    choose: does('choose'),
    askMicrophone: does('ask '),
    listen: () => undefined,
    busy: () => false,
    connection: () => connection,
    equipment: () => ({ microphones: [], speakers: [] }),
  } as Trunk;
}

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  answer = () => undefined;
  microphone = 'granted';
  connection = null;
  stored = new Map();
  const sends = (verb: string) => (path: string, body?: unknown) =>
    note(`${verb} ${path}${body ? ` ${JSON.stringify(body)}` : ''}`);
  phone = new Phone({
    softphone: {
      onCalls: (listener) => {
        tell = listener;
        return () => undefined;
      },
      trunk,
    },
    api: { post: sends('POST'), patch: sends('PATCH'), delete: sends('DELETE') } as unknown as Api,
    storage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
    } as unknown as Storage,
    microphone: async () => microphone,
  });
  phone.learn({ type: 'me', id: ME });
});
afterEach(() => {
  vi.useRealTimers();
});

const hear = (id: string, ...participants: Parameters<typeof conversation>) =>
  phone.learn({ type: 'heard', conversation: { ...conversation(...participants), id }, at: START_MS });

function ring(id: string): void {
  hear(id, customer(), agent(RINGING));
  tell({ type: 'proposed', conversationId: id, autoAnswer: false });
}

function talk(id: string): void {
  ring(id);
  hear(id, customer(), agent());
  tell({ type: 'begun', conversationId: id });
}

const PARTICIPANT = '/conversations/calls/c-1/participants/p-ana';
const failure = (id = 'c-1') => phone.state().failures.get(id);
const call = (id = 'c-1') => phone.state().calls.find((each) => each.id === id);

describe('answering', () => {
  it('puts the call that goes on on hold first', async () => {
    talk('c-1');
    ring('c-2');
    await phone.answer('c-2');
    expect(asked).toEqual(['hold c-1 true', 'answer c-2']);
    expect(call('c-2')?.wish).toBe('answer');
  });

  it('is not tried without a microphone, and says so', async () => {
    ring('c-1');
    microphone = 'denied';
    await phone.answer('c-1');
    expect(asked).toEqual([]);
    expect(failure()).toContain('microphone');
  });

  it('asks for the microphone first where the browser has not been asked', async () => {
    ring('c-1');
    microphone = 'prompt';
    answer = (text) => {
      if (text === 'ask ') microphone = 'granted';
    };
    await phone.answer('c-1');
    expect(asked).toEqual(['ask ', 'answer c-1']);
  });

  it('that failed says what the server said, within the vendor’s error, and may be tried again', async () => {
    ring('c-1');
    answer = () => {
      throw Object.assign(new Error('Failed'), {
        details: { error: { response: { data: { message: 'The call is over.' } } } },
      });
    };
    await phone.answer('c-1');
    expect(failure()).toBe('The call is over.');
    expect(call()?.wish).toBeNull();
    answer = () => undefined;
    await phone.answer('c-1');
    expect(failure()).toBeUndefined();
  });
});

describe('a call whose sound is here', () => {
  it('is handled by the vendor’s library', async () => {
    talk('c-1');
    await phone.mute('c-1', true);
    await phone.hold('c-1', true);
    await phone.end('c-1');
    expect(asked).toEqual(['mute c-1 true', 'hold c-1 true', 'end c-1']);
  });

  it('may be told to end again when the vendor’s promise stays open', async () => {
    talk('c-1');
    answer = () => new Promise(() => undefined);
    void phone.end('c-1');
    void phone.end('c-1');
    await vi.advanceTimersByTimeAsync(6_000);
    void phone.end('c-1');
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toEqual(['end c-1', 'end c-1']);
  });

  it('takes tones', async () => {
    talk('c-1');
    const sent: string[] = [];
    const dtmf = { canInsertDTMF: true, toneBuffer: '1', insertDTMF: (tones: string) => sent.push(tones) };
    connection = { getSenders: () => [{ dtmf: null }, { dtmf }] };
    await phone.press('c-1', '#');
    expect(sent).toEqual(['1#']);
    connection = { getSenders: () => [{ dtmf: { ...dtmf, canInsertDTMF: false } }] };
    await phone.press('c-1', '5');
    expect(asked).toEqual(['POST /conversations/c-1/participants/p-ana/digits {"digits":"5"}']);
  });
});

it('handles a call whose sound is elsewhere by the server', async () => {
  hear('c-1', customer(), agent());
  await phone.mute('c-1', true);
  await phone.hold('c-1', true);
  await phone.end('c-1');
  expect(asked).toEqual(
    ['{"muted":true}', '{"held":true}', '{"state":"disconnected"}'].map(
      (body) => `PATCH ${PARTICIPANT} ${body}`,
    ),
  );
});

it('takes a held call back, and holds the other', async () => {
  talk('c-1');
  talk('c-2');
  hear('c-1', customer(), agent({ call: { held: true } }));
  await phone.hold('c-1', false);
  expect(asked).toEqual(['hold c-2 true', 'hold c-1 false']);
});

describe('handing over', () => {
  it('asks at once for oneself to be replaced, and tells what stands in the way', async () => {
    talk('c-1');
    expect(await phone.transfer('c-1', { queueId: 'q-billing' })).toBe(true);
    expect(asked).toEqual([`POST ${PARTICIPANT}/replace {"queueId":"q-billing"}`]);
    answer = () => {
      throw new Refusal(409, { message: 'Ben is busy.' }, null);
    };
    expect(await phone.transfer('c-1', { userId: 'ben' })).toBe(false);
    expect(failure()).toBe('Ben is busy.');
  });

  it('consults about the caller, changes sides, makes a conference, or goes back', async () => {
    talk('c-1');
    await phone.consult('c-1', { userId: 'ben' });
    hear(
      'c-1',
      customer({ call: { confined: true } }),
      agent(),
      colleague({ consultParticipantId: 'p-customer' }),
    );
    await phone.speakTo('c-1', 'OBJECT');
    await phone.speakTo('c-1', 'CONFERENCE');
    await phone.cancelConsult('c-1');
    const consult = '/conversations/calls/c-1/participants/p-customer/consult';
    expect(asked).toEqual([
      `POST ${consult} {"speakTo":"DESTINATION","destination":{"userId":"ben"}}`,
      `PATCH ${consult} {"speakTo":"OBJECT"}`,
      `PATCH ${consult} {"speakTo":"CONFERENCE"}`,
      `DELETE ${consult}`,
    ]);
  });
});

it('calls a colleague once the call that goes on is on hold', async () => {
  talk('c-1');
  expect(await phone.call('ben')).toBe(true);
  expect(asked).toEqual(['hold c-1 true', 'call ben']);
});

describe('how it ended', () => {
  const end = (disconnectType: 'endpoint' | 'timeout', connected: boolean) => {
    const over = {
      state: 'disconnected',
      disconnectType,
      ...(connected ? {} : { connectedTime: null }),
    } as const;
    hear('c-1', customer(), agent({ call: over }));
  };

  it('is told for a moment', () => {
    talk('c-1');
    end('endpoint', true);
    expect(call()?.phase).toBe('over');
    vi.advanceTimersByTime(FAREWELL_MS + 1);
    expect(call()).toBeUndefined();
  });

  it('stays until it was seen where a call was missed', () => {
    ring('c-1');
    end('timeout', false);
    vi.advanceTimersByTime(60_000);
    expect(call()?.outcome?.kind).toBe('missed');
    phone.dismiss('c-1');
    expect(call()).toBeUndefined();
  });
});

describe('the devices', () => {
  it('are remembered on this computer, and told to the library', async () => {
    await phone.choose({ microphone: 'headset' });
    phone.ring(false);
    expect(asked).toEqual(['choose {"microphone":"headset","speaker":null}']);
    expect(JSON.parse(stored.get('shiftline.phone') ?? '')).toEqual({
      microphone: 'headset',
      speaker: null,
      ring: false,
    });
  });

  it('that are denied in the middle of answering are told', () => {
    tell({ type: 'no-microphone', denied: false });
    expect(phone.state().microphone).toBe('missing');
  });
});
