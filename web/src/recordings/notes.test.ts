import { expect, it } from 'vitest';
import type { Annotation } from '../wire/api';
import { notesOf, placeNote } from './notes';

const customer = { id: 'r-1', place: { from: 0, length: 10 } };
const agent = { id: 'r-2', place: { from: 4, length: 8 } };
const noted = (change: Partial<Annotation>): Annotation => ({
  ...{ id: 'a', type: 'bookmark', location: 0, durationMs: 0, name: null, description: 'Here' },
  user: { id: 'u-1' },
  ...change,
});

it('puts the notes of all legs on the time line of the call', () => {
  const notes = notesOf([
    { leg: customer, annotations: [noted({ id: 'late', location: 9_000 })] },
    { leg: agent, annotations: [noted({ id: 'early', location: 1_000, name: 'Promise' })] },
  ]);
  expect(notes.map(({ id, at, text, legId }) => [id, at, text, legId])).toEqual([
    ['early', 5, 'Promise: Here', 'r-2'],
    ['late', 9, 'Here', 'r-1'],
  ]);
  expect(notesOf([{ leg: customer, annotations: [noted({ description: null })] }])[0]?.text).toBe('bookmark');
});

it('places a note in a leg that has sound there, and never beyond its end', () => {
  expect(placeNote([customer, agent], 5.5)).toEqual({ legId: 'r-1', location: 5_500 });
  expect(placeNote([customer, agent], 11)).toEqual({ legId: 'r-2', location: 7_000 });
  expect(placeNote([customer, agent], 99)).toEqual({ legId: 'r-2', location: 8_000 });
  expect(placeNote([agent], 1)).toEqual({ legId: 'r-2', location: 0 });
});
