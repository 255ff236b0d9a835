import { describe, expect, it } from 'vitest';
import { offsetsFromBrowser } from '../schedule/offsets';
import { differenceQuery, fieldText, instantOf, searchOf, timelineQuery, whyPath } from './asking';

const NOON = Date.parse('2023-10-27T17:00:00Z');
const CHICAGO = offsetsFromBrowser('America/Chicago', NOON - 60 * 86_400_000, NOON + 60 * 86_400_000);

describe('what is asked', () => {
  it('is read from an address, without what is none', () => {
    const search = { part: 'changed', user: 'u-1', action: 'fly', at: 'noon', from: '2023-10-27T10:58:00Z' };
    expect(searchOf(search)).toEqual({ part: 'changed', user: 'u-1', from: '2023-10-27T10:58:00Z' });
    expect(searchOf({ part: 'nothing', user: 7, to: '2023-10-27T10:58:00' })).toEqual({});
  });

  it('is oneself, connecting and now, where nothing else is said', () => {
    expect(whyPath({})).toBe('/shiftline/access/why?userId=me&action=connect');
  });

  it('names a queue only of what belongs to calls', () => {
    expect(whyPath({ user: 'u 1', action: 'receive', queue: 'q-1', at: '2023-10-27T10:58:00Z' })).toBe(
      '/shiftline/access/why?userId=u+1&action=receive&at=2023-10-27T10%3A58%3A00Z&queueId=q-1',
    );
    expect(whyPath({ action: 'sign-in', queue: 'q-1' })).not.toContain('queueId');
  });

  it('leaves the second instant out where it is now', () => {
    const from = '2023-10-27T10:58:00Z';
    expect(differenceQuery({ from })).not.toContain('to=');
    expect(timelineQuery({ from, to: '2023-10-27T11:01:00Z' })).toContain('to=2023-10-27T11%3A01%3A00Z');
  });
});

describe('a time that is typed', () => {
  it('is of the zone in which it is read, and comes back as it was typed', () => {
    expect(instantOf('2023-10-27T05:58', CHICAGO, 'when')).toEqual({ instant: '2023-10-27T10:58:00.000Z' });
    expect(fieldText(Date.parse('2023-10-27T10:58:00Z'), CHICAGO)).toBe('2023-10-27T05:58');
  });

  it('is asked for where it is missing', () => {
    expect(instantOf('', CHICAGO, 'from when on')).toEqual({
      missing: 'Say from when on: a date and a time.',
    });
  });
});
