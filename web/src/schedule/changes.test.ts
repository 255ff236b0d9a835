import { expect, test } from 'vitest';
import { splitSeen } from './changes';

test('what came after the last look is new', () => {
  const [old, late] = ['2023-10-27T08:00:00Z', '2023-10-27T09:00:00Z'].map((at) => ({ revision: { at } }));
  const all = [late, old].filter((each) => each !== undefined);
  expect(splitSeen(all, Date.parse('2023-10-27T08:00:00Z'))).toEqual({ fresh: [late], older: [old] });
});
