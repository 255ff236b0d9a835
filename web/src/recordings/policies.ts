import type { Choice } from '../design/fields';
import type { PolicyDraft, RecordingPolicy, RetentionDraft, RetentionPolicy } from '../wire/api';

export type Channel = RecordingPolicy['channel'];
/** What a policy is for; the empty text stands for any. */
export interface TypedScope {
  queueId: string;
  direction: string;
  channel: Channel;
}

/** How a policy says what is kept: all, what somebody records by hand, or nothing. */
export type Kept = 'all' | 'hand' | 'nothing';

export interface TypedTerms {
  kept: Kept;
  pauseAllowed: boolean;
  announceConsent: boolean;
  reasonRequired: boolean;
}

export const NO_SCOPE: TypedScope = { queueId: '', direction: '', channel: 'call' };
/** What holds where nobody set anything. */
export const USUAL: TypedTerms = {
  kept: 'all',
  pauseAllowed: true,
  announceConsent: false,
  reasonRequired: false,
};

export const CHANNELS: { id: Channel; name: string }[] = [
  { id: 'call', name: 'Calls' },
  { id: 'message', name: 'Messages' },
  { id: 'email', name: 'E-mails' },
];

export const DIRECTIONS: Choice[] = [
  { id: '', name: 'Both directions' },
  { id: 'inbound', name: 'Inbound' },
  { id: 'outbound', name: 'Outbound' },
];

export const KEPT: { id: Kept; name: string }[] = [
  { id: 'all', name: 'Everything' },
  { id: 'hand', name: 'Only what somebody records by hand' },
  { id: 'nothing', name: 'Nothing' },
];

const KEPT_WORDS = {
  all: { tone: 'good', text: 'Recorded' },
  hand: { tone: 'wait', text: 'Only by hand' },
  nothing: { tone: 'off', text: 'Not recorded' },
} as const;

export const keptOf = ({ record, snippet }: Pick<RecordingPolicy, 'record' | 'snippet'>): Kept =>
  record ? 'all' : snippet ? 'hand' : 'nothing';

export const keptChip = (terms: TypedTerms) => KEPT_WORDS[terms.kept];

export function termsOf(policy: RecordingPolicy): TypedTerms {
  const { pauseAllowed, announceConsent, reasonRequired } = policy;
  return { kept: keptOf(policy), pauseAllowed, announceConsent, reasonRequired };
}

export const scopeOf = ({ queueId, direction, channel }: RecordingPolicy): TypedScope => ({
  queueId: queueId ?? '',
  direction: direction ?? '',
  channel,
});

/** A whole policy as it is sent; nothing is left out, so that nothing stays as it was. */
export function draftOf(scope: TypedScope, terms: TypedTerms): PolicyDraft {
  return {
    channel: scope.channel,
    ...(scope.queueId && { queueId: scope.queueId }),
    ...(scope.direction && { direction: scope.direction as 'inbound' | 'outbound' }),
    record: terms.kept === 'all',
    snippet: terms.kept === 'hand',
    pauseAllowed: terms.pauseAllowed,
    announceConsent: terms.announceConsent,
    reasonRequired: terms.reasonRequired,
  };
}

/** A policy's scope as part of an address. */
export function scopeQuery({ queueId, direction, channel }: TypedScope): string {
  const query = new URLSearchParams({ channel });
  if (queueId) query.set('queueId', queueId);
  if (direction) query.set('direction', direction);
  return query.toString();
}

/** `Inbound calls of Support`, `All messages` */
export function scopeText(scope: TypedScope, nameOf: (queueId: string) => string): string {
  const what = (CHANNELS.find(({ id }) => id === scope.channel)?.name ?? scope.channel).toLowerCase();
  const both = scope.direction ? `${scope.direction} ${what}` : what;
  const text = scope.queueId ? `${both} of ${nameOf(scope.queueId)}` : scope.direction ? both : `all ${both}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a policy says beside whether it is recorded, in words. */
export function termsText(terms: TypedTerms, channel: Channel): string {
  const words: string[] = [];
  if (channel === 'call' && terms.kept !== 'nothing') {
    words.push(terms.pauseAllowed ? 'may be paused' : 'is never paused');
    words.push(terms.announceConsent ? 'is announced to both sides' : 'is not announced');
  }
  words.push(terms.reasonRequired ? 'whoever listens says why' : 'nobody is asked why they listen');
  const text = words.join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** A line of the list: a policy that somebody set, or what is usual where nobody did. */
export interface PolicyLine {
  key: string;
  scope: TypedScope;
  terms: TypedTerms;
  since: string | null;
  changedBy: string | null;
  /** Whether somebody set it; else it is what holds of itself. */
  isSet: boolean;
}

/** All policies, channel by channel, the widest first; each channel has the line of what holds where nothing else does. */
export function policyLines(policies: RecordingPolicy[], nameOf: (queueId: string) => string): PolicyLine[] {
  const lines = policies.map((policy) => ({
    key: policy.id,
    scope: scopeOf(policy),
    terms: termsOf(policy),
    since: policy.since,
    changedBy: policy.changedBy,
    isSet: true,
  }));
  for (const { id: channel } of CHANNELS) {
    const isThere = lines.some(
      ({ scope }) => scope.channel === channel && !scope.queueId && !scope.direction,
    );
    if (isThere) continue;
    const scope = { ...NO_SCOPE, channel };
    lines.push({ key: channel, scope, terms: USUAL, since: null, changedBy: null, isSet: false });
  }
  const place = (line: PolicyLine) => CHANNELS.findIndex(({ id }) => id === line.scope.channel);
  return lines.sort(
    (a, b) =>
      place(a) - place(b) ||
      Number(a.scope.queueId !== '') - Number(b.scope.queueId !== '') ||
      (a.scope.queueId && b.scope.queueId
        ? nameOf(a.scope.queueId).localeCompare(nameOf(b.scope.queueId))
        : 0) ||
      a.scope.direction.localeCompare(b.scope.direction),
  );
}

/** Days as they are typed: empty is never. */
export interface TypedRetention {
  queueId: string;
  archiveDays: string;
  deleteDays: string;
}

export const typedRetention = (policy: RetentionPolicy): TypedRetention => ({
  queueId: policy.queueId ?? '',
  archiveDays: policy.archiveDays?.toString() ?? '',
  deleteDays: policy.deleteDays?.toString() ?? '',
});

/** A number of days that somebody typed; null: it is none. */
export function daysIn(text: string): number | null {
  return /^\d{1,6}$/.test(text.trim()) ? Number(text) : null;
}

/** What is to be kept for how long, or the field that is no number of days. */
export function retentionOf(typed: TypedRetention): RetentionDraft | { wrong: 'archiveDays' | 'deleteDays' } {
  const draft: RetentionDraft = typed.queueId ? { queueId: typed.queueId } : {};
  for (const field of ['archiveDays', 'deleteDays'] as const) {
    if (typed[field].trim() === '') continue;
    const days = daysIn(typed[field]);
    if (days === null) return { wrong: field };
    draft[field] = days;
  }
  return draft;
}

export function daysText(days: number): string {
  return days === 1 ? '1 day' : `${days.toLocaleString('en-US')} days`;
}

/** `Archived after 30 days, marked for deletion after 365 days.` */
export function retentionText({
  archiveDays,
  deleteDays,
}: Pick<RetentionPolicy, 'archiveDays' | 'deleteDays'>) {
  const archived = archiveDays === null ? 'Never archived' : `Archived after ${daysText(archiveDays)}`;
  const deleted =
    deleteDays === null ? 'never marked for deletion' : `marked for deletion after ${daysText(deleteDays)}`;
  return `${archived}, ${deleted}.`;
}
