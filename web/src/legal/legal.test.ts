import { describe, expect, it } from 'vitest';
import type { Hold, Keeping } from '../wire/api';
import { holdOf, idsIn, keepingSentences, NOTHING_TYPED, progressText, selectionText } from './legal';

const HOLD: Hold = {
  id: 'h',
  matterId: 'm',
  selection: { userIds: ['ana'], interval: '2023-10-27T11:00:00+00:00/2023-10-28T11:00:00+00:00' },
  reason: 'Litigation',
  standing: true,
  state: 'running',
  total: 1200,
  done: 500,
  taken: 498,
  already: 1,
  refused: 1,
  later: 0,
  refusals: [],
  datePlaced: '2023-10-27T11:00:00Z',
  placedBy: { id: 'ana' },
  dateEnded: null,
  selfUri: '',
};

describe('what is typed to hold recordings', () => {
  it('takes ids apart, each once', () => {
    expect(idsIn(' a, b\nc;a ')).toEqual(['a', 'b', 'c']);
  });

  it('needs something to hold, both ends of a time, and a reason', () => {
    expect(holdOf({ ...NOTHING_TYPED, reason: 'Why' })).toContain('Say which recordings');
    expect(holdOf({ ...NOTHING_TYPED, agent: 'ana' })).toContain('Say why');
    expect(holdOf({ ...NOTHING_TYPED, from: '2023-10-27T11:00', reason: 'Why' })).toContain('both');
    const wrong = { from: '2023-10-27T11:00', until: '2023-10-27T10:00', reason: 'Why' };
    expect(holdOf({ ...NOTHING_TYPED, ...wrong })).toContain('end after');
  });

  it('combines all that is given', () => {
    const typed = { agent: 'ana', queue: 'q', conversations: 'c1 c2', reason: ' Why ', standing: true };
    const span = { from: '2023-10-27T11:00', until: '2023-10-27T12:00' };
    expect(holdOf({ ...NOTHING_TYPED, ...typed, ...span })).toEqual({
      selection: {
        conversationIds: ['c1', 'c2'],
        userIds: ['ana'],
        queueIds: ['q'],
        interval: '2023-10-27T11:00:00Z/2023-10-27T12:00:00Z',
      },
      reason: 'Why',
      standing: true,
    });
  });
});

describe('what is told of a hold', () => {
  it('says how far it is', () => {
    expect(progressText(HOLD)).toBe(
      '500 of 1,200 recordings looked at: 498 recordings held, 1 held before, 1 were destroyed before',
    );
    expect(progressText({ ...HOLD, state: 'paused' })).toMatch(/^Paused: 500 of/);
    expect(progressText({ ...HOLD, state: 'done', taken: 1, already: 0, refused: 0, later: 2 })).toBe(
      '1 recording held, 2 more when they were made',
    );
  });

  it('says what it asked for', () => {
    expect(selectionText(HOLD, () => 'Ana Ruiz')).toBe(
      'of Ana Ruiz, begun 27 Oct 2023, 11:00 UTC to 28 Oct 2023, 11:00 UTC; what is made later, too',
    );
  });
});

describe('what keeps a recording', () => {
  const nothing: Keeping = {
    recordingId: 'r',
    state: 'sealed',
    heldBy: 0,
    matters: [],
    archiveDate: null,
    deleteDate: null,
    dateArchived: null,
    deletion: null,
    destruction: null,
  };
  const at = '2023-10-27T11:00:00Z';
  const marked = {
    id: 'd',
    state: 'marked',
    cause: 'person',
    reason: 'Asked for',
    askedBy: 'ana',
    dateMarked: at,
    dateDue: at,
    approvedBy: null,
    endedWhy: null,
  };
  const nameOf = (id: string) => id.toUpperCase();

  it('is told sentence by sentence, and nothing where nothing does', () => {
    expect(keepingSentences(nothing, nameOf)).toEqual([]);
    const held = { ...nothing, heldBy: 1, matters: [{ matterId: 'm', matterName: 'Doe', dateHeld: at }] };
    expect(keepingSentences(held, nameOf)).toEqual(['Held for Doe since 27 Oct 2023, 11:00 UTC.']);
    expect(keepingSentences({ ...nothing, heldBy: 1, matters: null }, nameOf)).toEqual([
      'Held for a legal matter.',
    ]);
    expect(keepingSentences({ ...nothing, deletion: marked, deleteDate: at }, nameOf)).toEqual([
      'Marked for deletion by ANA (Asked for): waits for a second person.',
    ]);
    const destruction = {
      date: at,
      cause: 'person',
      reason: 'Old',
      askedBy: 'ana',
      approvedBy: 'bo',
      sha256: '',
    };
    expect(keepingSentences({ ...nothing, destruction }, nameOf)).toEqual([
      'Destroyed on 27 Oct 2023, 11:00 UTC: Old (asked for by ANA, approved by BO).',
    ]);
  });
});
