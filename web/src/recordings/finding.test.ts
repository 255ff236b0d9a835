import { expect, it } from 'vitest';
import { ALL, searchOf } from './finding';

it('looks for everything by itself, and for what all fields name together', () => {
  expect(searchOf(ALL)).toEqual({ query: '' });
  const typed = { ...ALL, userId: 'u-1', conversations: ' c-1,\nc-2 ' };
  expect(searchOf(typed)).toEqual({ query: 'userId=u-1&conversationId=c-1%2Cc-2' });
});

it('takes a time with both its ends, in UTC', () => {
  expect(searchOf({ ...ALL, from: '2023-10-27T10:00' })).toHaveProperty('missing');
  expect(searchOf({ ...ALL, from: '2023-10-27T10:00', until: '2023-10-27T10:00' })).toHaveProperty('missing');
  expect(searchOf({ ...ALL, from: '2023-10-27T10:00', until: '2023-10-27T11:00' })).toEqual({
    query: 'interval=2023-10-27T10%3A00%3A00Z%2F2023-10-27T11%3A00%3A00Z',
  });
});
