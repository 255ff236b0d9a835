import { afterEach, expect, test, vi } from 'vitest';
import { Guest, type GuestConversation, type GuestMessage, merge, sentenceOf } from './guest';

const message = (position: number, conversationId = 'c'): GuestMessage => ({
  id: `${conversationId}${position}`,
  conversationId,
  position,
  sender: 'guest',
  name: 'Zoë',
  text: `text ${position}`,
  time: '2026-11-28T12:00:00Z',
  attachments: [],
});

const conversation = (...positions: number[]): GuestConversation => ({
  state: 'connected',
  conversationId: 'c',
  messages: positions.map((position) => message(position)),
});

afterEach(() => vi.unstubAllGlobals());

test('each message stands once and in order, however it came', () => {
  const merged = merge(conversation(1, 3), conversation(3, 2));
  expect(merged.messages.map(({ position }) => position)).toEqual([1, 2, 3]);
});

test('another conversation begins anew', () => {
  const next = { ...conversation(), conversationId: 'd', messages: [message(1, 'd')] };
  expect(merge(conversation(1, 2), next).messages).toEqual([message(1, 'd')]);
});

test('what the page says of a conversation', () => {
  expect(sentenceOf({ state: 'waiting', position: 2, messages: [] })).toBe('You are number 2 in line.');
  expect(sentenceOf({ state: 'connected', agent: 'Ana', messages: [] })).toBe('Ana is here.');
});

test('a guest is remembered by this browser, and forgotten when the server does not know them', async () => {
  const kept = new Map<string, string>();
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const asked: string[] = [];
  vi.stubGlobal('fetch', (address: string, { method }: RequestInit) => {
    asked.push(`${method} ${new URL(address).pathname}`);
    if (address.endsWith('/messages')) return Promise.resolve(Response.json(message(1), { status: 201 }));
    if (method === 'POST') return Promise.resolve(Response.json({ resource: '/api/v2/g/d/one' }));
    return Promise.resolve(Response.json({ message: 'There is no guest.' }, { status: 404 }));
  });
  const guest = new Guest('https://api.localhost', 'd', '', store);
  expect((await guest.read()).state).toBe('new');
  await guest.write({ clientId: 'x', text: 'Hello?', attachmentIds: [] });
  await guest.write({ clientId: 'y', text: 'Hello?', attachmentIds: [] });
  expect(asked).toEqual([
    'POST /api/v2/shiftline/messaging/guests/d',
    'POST /api/v2/g/d/one/messages',
    'POST /api/v2/g/d/one/messages',
  ]);
  expect((await guest.read()).state).toBe('new');
  expect(kept.size).toBe(0);
});
