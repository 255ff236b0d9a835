import { describe, expect, it } from 'vitest';
import type { RecordingPolicy } from '../wire/api';
import {
  daysIn,
  draftOf,
  keptOf,
  NO_SCOPE,
  policyLines,
  retentionOf,
  retentionText,
  scopeQuery,
  scopeText,
  termsOf,
  termsText,
  USUAL,
} from './policies';

const policy = (change: Partial<RecordingPolicy>): RecordingPolicy => ({
  id: 'default.any.call',
  queueId: null,
  direction: null,
  channel: 'call',
  record: true,
  snippet: false,
  pauseAllowed: true,
  announceConsent: false,
  reasonRequired: false,
  since: '2023-10-27T11:00:00Z',
  changedBy: 'imani',
  ...change,
});
const nameOf = (id: string) => ({ q1: 'Support', q2: 'Billing' })[id] ?? id;

describe('a policy', () => {
  it('names its scope, from the widest to the narrowest', () => {
    expect(scopeText(NO_SCOPE, nameOf)).toBe('All calls');
    expect(scopeText({ ...NO_SCOPE, direction: 'outbound' }, nameOf)).toBe('Outbound calls');
    expect(scopeText({ channel: 'email', queueId: 'q1', direction: 'inbound' }, nameOf)).toBe(
      'Inbound e-mails of Support',
    );
  });

  it('is sent whole, so that nothing of a former one stays', () => {
    const terms = { ...USUAL, kept: 'hand', pauseAllowed: false } as const;
    expect(draftOf({ ...NO_SCOPE, queueId: 'q1' }, terms)).toEqual({
      channel: 'call',
      queueId: 'q1',
      record: false,
      snippet: true,
      pauseAllowed: false,
      announceConsent: false,
      reasonRequired: false,
    });
    expect(scopeQuery({ channel: 'call', queueId: 'q 1', direction: 'inbound' })).toBe(
      'channel=call&queueId=q+1&direction=inbound',
    );
  });

  it('reads back as what was sent', () => {
    expect(keptOf(policy({ record: false, snippet: true }))).toBe('hand');
    expect(termsOf(policy({ record: false, reasonRequired: true }))).toEqual({
      ...USUAL,
      kept: 'nothing',
      reasonRequired: true,
    });
  });

  it('says of pauses and announcements only where something is recorded that can be paused', () => {
    expect(termsText({ ...USUAL, announceConsent: true }, 'call')).toBe(
      'May be paused, is announced to both sides, nobody is asked why they listen.',
    );
    expect(termsText({ ...USUAL, reasonRequired: true }, 'message')).toBe('Whoever listens says why.');
    expect(termsText({ ...USUAL, kept: 'nothing' }, 'call')).toBe('Nobody is asked why they listen.');
  });
});

describe('the list of policies', () => {
  it('has what holds of itself for each channel of which nobody said anything', () => {
    const lines = policyLines([policy({ channel: 'message', record: false })], nameOf);
    expect(lines.map(({ scope, isSet }) => [scope.channel, isSet])).toEqual([
      ['call', false],
      ['message', true],
      ['email', false],
    ]);
  });

  it('is ordered by channel, and the widest comes first', () => {
    const lines = policyLines(
      [
        policy({ id: '1', queueId: 'q1', direction: 'inbound' }),
        policy({ id: '2', queueId: 'q2' }),
        policy({ id: '3', direction: 'outbound' }),
        policy({ id: '4', queueId: 'q1' }),
        policy({ id: '5' }),
      ],
      nameOf,
    );
    expect(lines.filter(({ isSet }) => isSet).map(({ key }) => key)).toEqual(['5', '3', '2', '4', '1']);
  });
});

describe('retention', () => {
  it('takes nothing for never, and names the field that is no number of days', () => {
    expect(retentionOf({ queueId: '', archiveDays: '', deleteDays: ' 365 ' })).toEqual({ deleteDays: 365 });
    expect(retentionOf({ queueId: 'q1', archiveDays: '', deleteDays: '' })).toEqual({ queueId: 'q1' });
    expect(retentionOf({ queueId: '', archiveDays: '3.5', deleteDays: '' })).toEqual({
      wrong: 'archiveDays',
    });
    expect([daysIn('-1'), daysIn('1e3'), daysIn('0')]).toEqual([null, null, 0]);
  });

  it('is told in a sentence', () => {
    expect(retentionText({ archiveDays: 1, deleteDays: 1000 })).toBe(
      'Archived after 1 day, marked for deletion after 1,000 days.',
    );
    expect(retentionText({ archiveDays: null, deleteDays: null })).toBe(
      'Never archived, never marked for deletion.',
    );
  });
});
