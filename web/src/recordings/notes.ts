import type { Annotation } from '../wire/api';
import type { Leg } from './recorded';

/** A note on a call's time line; `at` in seconds from the call's begin. */
export interface Note {
  id: string;
  legId: string;
  at: number;
  text: string;
  madeBy: string | null;
}

/** The notes of all legs, in order of time. */
export function notesOf(legs: { leg: Pick<Leg, 'id' | 'place'>; annotations: Annotation[] }[]): Note[] {
  const notes = legs.flatMap(({ leg, annotations }) =>
    annotations.map(({ id, location, name, description, user, type }) => ({
      id,
      legId: leg.id,
      at: leg.place.from + location / 1000,
      text: [name, description].filter(Boolean).join(': ') || type,
      madeBy: user?.id ?? null,
    })),
  );
  return notes.sort((a, b) => a.at - b.at || a.id.localeCompare(b.id));
}

/** Where a note of a place on the call's time line lies: the first leg that has sound there, and how far into it, in milliseconds. */
export function placeNote(
  legs: Pick<Leg, 'id' | 'place'>[],
  at: number,
): { legId: string; location: number } {
  const distance = ({ place }: Pick<Leg, 'place'>) =>
    Math.max(place.from - at, at - (place.from + place.length), 0);
  const [first, ...others] = legs;
  if (first === undefined) throw new Error('a call without legs has no place for a note');
  const nearest = others.reduce((best, leg) => (distance(leg) < distance(best) ? leg : best), first);
  const within = Math.min(Math.max(at - nearest.place.from, 0), nearest.place.length);
  return { legId: nearest.id, location: Math.floor(within * 1000) };
}
