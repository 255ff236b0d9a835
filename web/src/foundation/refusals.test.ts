import { expect, it } from 'vitest';
import { Refusal, Unreached } from './api';
import { fieldProblems, tell } from './refusals';

const refused = (message: string, ...fields: string[]) =>
  new Refusal(400, { message, details: fields.map((fieldName) => ({ fieldName })) }, null);

it('gives each field its own sentence, and one field all of its sentences', () => {
  const error = refused(
    'snippet: was true, and record too: set one. snippet: was true for messages. announceConsent: is spoken.',
    'snippet',
    'snippet',
    'announceConsent',
  );
  expect([...fieldProblems(error)]).toEqual([
    ['snippet', 'was true, and record too: set one. was true for messages.'],
    ['announceConsent', 'is spoken.'],
  ]);
});

it('says beside the button what no field of the form can say', () => {
  const error = refused('startTime: is missing. media: ends too early.', 'startTime', 'media');
  const told = tell(error, ['startTime', 'reason'], 'Not repaired');
  expect(told.at('startTime')).toBe('is missing.');
  expect(told.at('reason')).toBeNull();
  expect(told.at('media')).toBeNull();
  expect(told.sentence).toBe('Not repaired: what is wrong stands at its field. media: ends too early.');
});

it('never hides a message of another form, nor trouble that names nothing', () => {
  expect(tell(refused('Something else.', 'startTime'), ['startTime'], 'Not done').sentence).toBe(
    'Not done: Something else.',
  );
  expect(tell(new Unreached(null), ['startTime'], 'Not done').sentence).toBe(
    'Not done: The server could not be reached.',
  );
  expect(tell(null, ['startTime'], 'Not done').sentence).toBeNull();
});
