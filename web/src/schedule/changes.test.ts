import { expect, test } from 'vitest';
import { sentencesOf, splitSeen } from './changes';

test('what came after the last look is new', () => {
  const [old, late] = ['2023-10-27T08:00:00Z', '2023-10-27T09:00:00Z'].map((at) => ({ revision: { at } }));
  const all = [late, old].filter((each) => each !== undefined);
  expect(splitSeen(all, Date.parse('2023-10-27T08:00:00Z'))).toEqual({ fresh: [late], older: [old] });
});

test('each shift that changed has a sentence', () => {
  const shift = (from: string, to: string) => ({
    wallStart: `2023-10-27T${from}`,
    wallEnd: `2023-10-27T${to}`,
  });
  const change = (before: unknown, after: unknown) =>
    sentencesOf({ shifts: [{ before, after }], fullDays: [] } as unknown as Parameters<
      typeof sentencesOf
    >[0]);
  const early = shift('06:00', '14:00');
  const late = shift('09:00', '17:00');
  expect(change(null, early)[0]).toMatch(/^New shift: .*06:00–14:00\.$/);
  expect(change(early, null)[0]).toMatch(/^Shift removed: .*06:00–14:00\.$/);
  expect(change(early, late)[0]).toMatch(/^Shift moved: .*06:00–14:00, now .*09:00–17:00\.$/);
  expect(change(early, early)[0]).toMatch(/^Activities changed: .*06:00–14:00\.$/);
});
