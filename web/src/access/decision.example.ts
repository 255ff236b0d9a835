import type { Decision } from '../wire/api';

/** The smallest decision, for tests that only care whether it allows. */
export function decision(allowed: boolean, sentence = allowed ? 'Allowed.' : 'Revoked.'): Decision {
  return {
    decision_id: 'd-1',
    user_id: 'u-1',
    action: 'connect',
    allowed,
    sentence,
    gates: [],
    blockers: [],
    not_a_cause: [],
    warnings: [],
    remedies: [],
    next_change_at: null,
    evaluated_at: '2023-10-27T10:58:00Z',
  };
}
