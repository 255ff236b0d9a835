import { describe, expect, it } from 'vitest';
import { newChange, permissionsOf, problemsOf, type TypedChange, trialOf } from './trying';

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
    expect(tried(change('settings', { rule: 'on', graceBefore: '15', graceAfter: '0' }))).toEqual([
      {
        kind: 'settings',
        softphone_within_shift: true,
        shift_grace_before_minutes: 15,
        shift_grace_after_minutes: 0,
      },
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
        change('grant', { person: ANA, roleId: 'r-1', divisionId: 'd-1', given: true }),
        change('role', { roleId: 'r-1', permissions: ['webRTC:enable'] }),
        change('exception', { person: ANA, divisionId: 'd-1' }),
        change('exception', { subject: 'role', person: ANA, roleId: 'r-1' }),
        change('exception', { subject: 'division', divisionId: 'd-1' }),
        change('publish', { scheduleId: 's-1' }),
        change('revert', { scheduleId: 's-2', revision: '3' }),
      ),
    ).toEqual([
      { kind: 'person', user_id: 'u-1', state: 'inactive' },
      { kind: 'grant', user_id: 'u-1', role_id: 'r-1', division_id: '*', active: false },
      { kind: 'grant', user_id: 'u-1', role_id: 'r-1', division_id: 'd-1', active: true },
      { kind: 'role', role_id: 'r-1', permissions: ['webRTC:enable'] },
      { kind: 'exception', subject: 'person', subject_id: 'u-1' },
      { kind: 'exception', subject: 'role', subject_id: 'r-1' },
      { kind: 'exception', subject: 'division', subject_id: 'd-1' },
      { kind: 'publish', schedule_id: 's-1' },
      { kind: 'revert', schedule_id: 's-2', revision: 3 },
    ]);
  });

  it.each([
    [change('settings'), 'which setting'],
    [change('settings', { graceBefore: '1.5' }), 'whole number of minutes'],
    [change('settings', { graceAfter: '1441' }), '1440 at most'],
    [change('exception'), 'whom the rule'],
    [change('exception', { subject: 'role', person: ANA }), 'which role the rule'],
    [change('exception', { subject: 'division', roleId: 'r' }), 'which division the rule'],
    [change('role', { permissions: [] }), 'which role'],
    [change('role', { roleId: 'r' }), 'lose or gain'],
    [change('person'), 'whose state'],
    [change('grant', { person: ANA }), 'which role'],
    [change('publish'), 'which draft'],
    [change('revert'), 'which schedule'],
    [change('revert', { scheduleId: 's' }), 'which revision'],
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

it('reads a role’s permissions of two words and of three', () => {
  const policies = [{ domain: 'wfm', entityName: 'agent', actionSet: ['view', 'edit'] }];
  expect(
    permissionsOf({ id: 'r', name: 'R', permissions: ['webRTC:enable'], permissionPolicies: policies }),
  ).toEqual(['webRTC:enable', 'wfm:agent:edit', 'wfm:agent:view']);
});

it('tells what was refused at the change that it names', () => {
  const wrong = problemsOf(
    new Map([
      ['changes[1]', 'contradicts changes[0].'],
      ['changes[10].permissions[0]', 'is no permission.'],
      ['user_ids', 'there are too many.'],
    ]),
  );
  expect([wrong.at(0), wrong.at(1), wrong.at(10), wrong.rest]).toEqual([
    null,
    'contradicts changes[0].',
    'permissions[0]: is no permission.',
    'user_ids: there are too many.',
  ]);
});
