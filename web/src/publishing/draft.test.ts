import { expect, it } from 'vitest';
import type { Breach, EditsAnswer } from '../wire/api';
import {
  bodyOf,
  brokenRules,
  type Draft,
  hindrance,
  keepDraft,
  misplaced,
  problemsOf,
  readDraft,
  withAccepted,
  withEdit,
  withoutAgents,
  withoutEdit,
} from './draft';

const removal = (shiftId: string) => ({ type: 'removeShift', userId: 'ann', shiftId }) as const;

function drafted(...shiftIds: string[]): Draft {
  const draft = shiftIds.reduce<Draft | null>(
    (made, shiftId) => withEdit(made, 7, removal(shiftId), `${shiftId} removed.`),
    null,
  );
  if (draft === null) throw new Error('Name a shift.');
  return draft;
}

const breach = (code: string, userId: string, rest: Partial<Breach> = {}) =>
  ({
    code,
    user: { id: userId },
    severity: 'breach',
    sentence: `${userId} breaks ${code}.`,
    shiftIds: [],
    ...rest,
  }) as Breach;

const answered = (rest: Partial<EditsAnswer> = {}) =>
  ({ possible: true, problems: [], breaches: [], agents: [{}], ...rest }) as EditsAnswer;

it('keeps the version that it was begun on, and its edits in their order', () => {
  const draft = withEdit(drafted('s-1', 's-2'), 9, removal('s-3'), 'Last.');
  expect(bodyOf(draft)).toEqual({
    version: 7,
    edits: [removal('s-1'), removal('s-2'), removal('s-3')],
    acceptBreaches: [],
  });
  const less = withoutEdit(draft, 2);
  expect(less?.edits.map(({ text }) => text)).toEqual(['s-1 removed.', 'Last.']);
  // A key never comes twice.
  const more = withEdit(less, 7, removal('s-4'), 'New.');
  expect(new Set(more.edits.map(({ key }) => key)).size).toBe(3);
});

it('is nothing once its last edit is gone', () => {
  expect(withoutEdit(drafted('s-1'), 1)).toBeNull();
});

it('asks for each broken rule by its name, and for a reason', () => {
  const [ann, bob] = [breach('rest.too.short', 'ann'), breach('rest.too.short', 'bob')];
  const notice = breach('edit.in.past', 'ann', { severity: 'notice' });
  const answer = answered({ breaches: [ann, bob, notice] });
  let draft = drafted('s-1');
  expect(hindrance(draft, answer)).toMatch(/^Accept each broken rule/);
  draft = withAccepted(draft, [ann], true);
  expect(hindrance(draft, answer)).toMatch(/^Accept each broken rule/);
  draft = withAccepted(draft, [ann, bob], true);
  expect(hindrance(draft, answer)).toMatch(/^Say why/);
  draft = { ...draft, reason: ' All hands ' };
  expect(hindrance(draft, answer)).toBeNull();
  expect(bodyOf(draft, answer.breaches)).toMatchObject({
    reason: 'All hands',
    acceptBreaches: [
      { code: 'rest.too.short', userId: 'ann' },
      { code: 'rest.too.short', userId: 'bob' },
    ],
  });
  expect(hindrance(withAccepted(draft, [bob], false), answer)).not.toBeNull();
});

it('does not take a worse breach for the one that was accepted', () => {
  const draft = withAccepted(
    { ...drafted('s-1'), reason: 'So it is' },
    [breach('rest.too.short', 'ann')],
    true,
  );
  const worse = breach('rest.too.short', 'ann', { sentence: 'Only one hour of rest.' });
  expect(hindrance(draft, answered({ breaches: [worse] }))).toMatch(/^Accept/);
  expect(bodyOf(draft, [worse]).acceptBreaches).toEqual([]);
});

it('names a rule for all where a request cannot name so many agents', () => {
  const many = Array.from({ length: 1001 }, (_, index) => breach('rest.too.short', `agent-${index}`));
  const draft = withAccepted(drafted('s-1'), many, true);
  expect(bodyOf(draft, many).acceptBreaches).toEqual([{ code: 'rest.too.short' }]);
});

it('cannot be published where an edit is impossible, or nothing would change', () => {
  expect(hindrance(drafted('s-1'), answered({ possible: false }))).toMatch(/not possible/);
  expect(hindrance(drafted('s-1'), answered({ agents: [] }))).toMatch(/change nothing/);
  expect(hindrance(drafted('s-1'), answered())).toBeNull();
});

it('tells a problem at its own edit', () => {
  const problem = (field: string) => ({ field, message: `${field}!`, code: 'x' });
  const answer = answered({
    problems: [problem('edits[1].userIds[0]'), problem('edits[10].shiftId'), problem('edits[1]')],
  });
  expect(problemsOf(answer, 1)).toEqual(['edits[1].userIds[0]!', 'edits[1]!']);
  expect(problemsOf(answer, 0)).toEqual([]);
});

it('groups breaches by their rule, without notices', () => {
  const rules = brokenRules([
    breach('a', 'ann'),
    breach('b', 'ann'),
    breach('a', 'bob'),
    breach('c', 'x', { severity: 'notice' }),
  ]);
  expect([...rules].map(([code, all]) => [code, all.length])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
});

it('outlives a reload, for whoever made it and for their schedule alone', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  } as unknown as Storage;
  const draft = drafted('s-1');
  keepDraft(storage, 'me', 'sch-1', draft);
  expect(readDraft(storage, 'me', 'sch-1')).toEqual(draft);
  expect([readDraft(storage, 'you', 'sch-1'), readDraft(storage, 'me', 'sch-2')]).toEqual([null, null]);
  keepDraft(storage, 'me', 'sch-1', null);
  expect(readDraft(storage, 'me', 'sch-1')).toBeNull();
  kept.set('shiftline.draft.me.sch-1', '{');
  expect(readDraft(storage, 'me', 'sch-1')).toBeNull();
});

it('leaves out those for whom an activity has no room, and the edit with the last of them', () => {
  const place = { type: 'placeActivity', userIds: ['ann', 'bob', 'cem'] } as const;
  const draft = withEdit(drafted('s-1'), 7, { ...place, userIds: [...place.userIds] }, 'For three.');
  const problem = (field: string) => ({ field, message: 'No room.', code: 'edit.no.room' });
  const answer = answered({
    problems: [problem('edits[1].userIds[0]'), problem('edits[1].userIds[2]'), problem('edits[0].shiftId')],
  });
  const placed = draft.edits[1];
  if (placed === undefined) throw new Error('There are two edits.');
  const without = misplaced(answer, placed, 1);
  expect([...without]).toEqual(['ann', 'cem']);
  const less = withoutAgents(draft, placed.key, without, (edit) => `For ${edit.userIds?.length}.`);
  expect(less?.edits[1]).toMatchObject({ edit: { userIds: ['bob'] }, text: 'For 1.' });
  const none = withoutAgents(draft, placed.key, new Set(place.userIds), () => '');
  expect(none?.edits.map(({ text }) => text)).toEqual(['s-1 removed.']);
});
