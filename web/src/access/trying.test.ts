import { describe, expect, it } from 'vitest';
import { newChange, type TypedChange, trialOf } from './trying';

const ANA = { id: 'u-1', name: 'Ana' };
const change = (kind: TypedChange['kind'], part: Partial<TypedChange> = {}) => ({
  ...newChange(0, kind),
  ...part,
});
const tried = (...typed: TypedChange[]) => {
  const found = trialOf(typed, '7', 'connect');
  return 'trial' in found ? found.trial.changes : found.missing;
};

describe('what is tried', () => {
  it('names only the settings that would be others', () => {
    expect(tried(change('settings', { rule: 'on', margin: '15' }))).toEqual([
      { kind: 'settings', softphone_within_shift: true, shift_margin_minutes: 15 },
    ]);
    expect(tried(change('settings', { webrtc: 'off' }))).toEqual([
      { kind: 'settings', webrtc_enabled: false },
    ]);
  });

  it('may be several changes at once', () => {
    expect(
      tried(
        change('person', { person: ANA, state: 'inactive' }),
        change('grant', { person: ANA, roleId: 'r-1', given: false }),
        change('publish', { scheduleId: ' s-1 ' }),
        change('revert', { scheduleId: 's-2', revision: '3' }),
      ),
    ).toEqual([
      { kind: 'person', user_id: 'u-1', state: 'inactive' },
      { kind: 'grant', user_id: 'u-1', role_id: 'r-1', division_id: '*', active: false },
      { kind: 'publish', schedule_id: 's-1' },
      { kind: 'revert', schedule_id: 's-2', revision: 3 },
    ]);
  });

  it.each([
    [change('settings'), 'which setting'],
    [change('settings', { margin: '1.5' }), 'whole number of minutes'],
    [change('settings', { margin: '1441' }), '1440 at most'],
    [change('person'), 'whose state'],
    [change('grant', { person: ANA }), 'which role'],
    [change('publish', { scheduleId: ' ' }), 'which draft'],
    [change('revert', { scheduleId: 's', revision: '0' }), 'which revision'],
  ])('says what is missing', (typed, said) => {
    expect(tried(typed)).toContain(said);
    expect(tried(change('settings', { webrtc: 'on' }), typed)).toContain('Change 2: ');
  });

  it('needs a change, and days that can be foreseen', () => {
    expect(tried()).toContain('add a change');
    for (const days of ['', '0', '32', '1.5']) {
      expect(trialOf([change('settings', { rule: 'on' })], days, 'connect')).toEqual({
        missing: 'Say for how many days: 1 to 31.',
      });
    }
  });
});
