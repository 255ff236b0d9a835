import { describe, expect, it } from 'vitest';
import { offsetsFromBrowser } from '../../schedule/offsets';
import type { ShiftRule } from '../../wire/api';
import { NO_SUBJECT } from '../trying';
import { decisivePart, exceptionOf, FIELD, overrideOf, ruleOf, ruleText, ruleTrial, typedRule } from './rule';

const NOON = Date.parse('2023-10-27T17:00:00Z');
const OFFSETS = offsetsFromBrowser('America/Chicago', NOON - 86_400_000, NOON + 86_400_000);
const ANA = { id: 'u-1', name: 'Ana' };

const RULE: ShiftRule = {
  ...{ enabled: false, graceBeforeMinutes: 15, graceAfterMinutes: 0 },
  ...{ overrideDefaultMinutes: 120, overrideMostMinutes: 480 },
};

describe('the shift rule', () => {
  it('is typed and sent as it stands', () => {
    expect(ruleOf(typedRule({ ...RULE, marginMinutes: 15, dateSwitched: 'x' }), true)).toEqual({
      rule: { ...RULE, enabled: true },
    });
  });

  it('says at each field what is wrong with it', () => {
    const typed = { graceBefore: '', graceAfter: '1441', overrideDefault: '0', overrideMost: '1.5' };
    const found = ruleOf(typed, true);
    expect('wrong' in found && [...found.wrong.keys()]).toEqual(Object.values(FIELD));
    expect('wrong' in found && found.wrong.get(FIELD.overrideDefault)).toContain('1 to 1440');
  });

  it('is tried exactly as it would be switched on', () => {
    expect(ruleTrial(RULE).changes).toEqual([
      {
        kind: 'settings',
        softphone_within_shift: true,
        shift_grace_before_minutes: 15,
        shift_grace_after_minutes: 0,
      },
    ]);
    expect(decisivePart({ ...RULE, overrideMostMinutes: 60 })).toBe(decisivePart(RULE));
    expect(decisivePart({ ...RULE, graceAfterMinutes: 15 })).not.toBe(decisivePart(RULE));
  });

  it('tells what it says', () => {
    expect(ruleText(RULE)).toContain('at any time');
    expect(ruleText({ ...RULE, enabled: true, graceAfterMinutes: 1 })).toContain(
      'from 15 minutes before it until 1 minute after it',
    );
  });
});

describe('an exception', () => {
  const typed = { ...NO_SUBJECT, person: ANA, reason: ' Home office ', endsAt: '' };

  it('has no end, or one in the zone of the page', () => {
    const draft = { kind: 'person', subjectId: 'u-1', reason: 'Home office' };
    expect(exceptionOf(typed, OFFSETS)).toEqual({ draft });
    expect(exceptionOf({ ...typed, endsAt: '2023-10-27T18:00' }, OFFSETS)).toEqual({
      draft: { ...draft, endsAt: '2023-10-27T23:00:00.000Z' },
    });
  });

  it('says whom and why', () => {
    expect(exceptionOf({ ...typed, subject: 'role' }, OFFSETS)).toHaveProperty('missing');
    expect(exceptionOf({ ...typed, reason: ' ' }, OFFSETS)).toEqual({ missing: 'Say why.' });
  });
});

it('lets in for the minutes that are said, or as long as the rule says', () => {
  const typed = { person: ANA, minutes: '', reason: 'Overtime' };
  expect(overrideOf(typed)).toEqual({ draft: { userId: 'u-1', reason: 'Overtime' } });
  expect(overrideOf({ ...typed, minutes: '30' })).toHaveProperty('draft.minutes', 30);
  for (const lacking of [{ person: null }, { minutes: '1.5' }, { reason: '' }]) {
    expect(overrideOf({ ...typed, ...lacking })).toHaveProperty('missing');
  }
});
