import { expect, test } from 'vitest';
import type { Written, WrittenPart } from '../wire/api';
import { conversationsOf, order, titleOf } from './written';

const part = (change: Partial<WrittenPart>): WrittenPart => ({
  id: 'own',
  purpose: 'agent',
  state: 'connected',
  startTime: '2026-11-28T12:00:00Z',
  wrapupRequired: false,
  user: { id: 'me' },
  ...change,
});

const conversation = (id: string, change: Partial<WrittenPart>): Written => ({
  id,
  participants: [part({ id: 'guest', purpose: 'customer', name: 'Zoë', user: null }), part(change)],
});

test('what is over for the agent is not shown, and what alerts comes first', () => {
  const listed = [
    conversation('over', { state: 'disconnected' }),
    conversation('work', { state: 'disconnected', startAcwTime: '2026-11-28T12:00:00Z' }),
    conversation('talk', {}),
    conversation('new', { state: 'alerting' }),
    conversation('theirs', { user: { id: 'other' } }),
  ];
  const shown = order(conversationsOf(listed, 'messages', 'me'));
  expect(shown.map(({ id, phase }) => [id, phase])).toEqual([
    ['new', 'alerting'],
    ['talk', 'talking'],
    ['work', 'wrapup'],
  ]);
  expect(shown.map(titleOf)).toEqual(['A message from Zoë', 'Zoë', 'How did it go with Zoë?']);
});

test('of two parts the last one counts', () => {
  const twice = conversation('c', { state: 'alerting' });
  twice.participants.splice(1, 0, part({ id: 'before', state: 'disconnected' }));
  expect(conversationsOf([twice], 'emails', 'me')[0]?.ownId).toBe('own');
});
