import { expect, it } from 'vitest';
import { ringFor } from './useCalls';
import type { Call } from './view';

type Ringing = Pick<Call, 'phase' | 'wish' | 'media' | 'autoAnswer'>;
const ringing = (change: Partial<Ringing> = {}): Ringing => ({
  ...{ phase: 'ringing', wish: null, media: 'proposed', autoAnswer: false },
  ...change,
});

it('rings for a call that may be answered here, and knocks while one talks', () => {
  expect(ringFor([ringing()], true)).toBe('ring');
  expect(ringFor([ringing({ phase: 'talking', media: 'here' }), ringing()], true)).toBe('knock');
});

it('is silent where nothing is to be answered here', () => {
  expect(ringFor([], true)).toBeNull();
  expect(ringFor([ringing({ media: 'elsewhere' })], true)).toBeNull();
  expect(ringFor([ringing({ wish: 'answer' })], true)).toBeNull();
});

it('is silent for whoever wants silence, but for the tone before a call that answers by itself', () => {
  expect(ringFor([ringing()], false)).toBeNull();
  expect(ringFor([ringing({ autoAnswer: true })], false)).toBe('tone');
});
