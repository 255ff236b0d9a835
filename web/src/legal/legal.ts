import { Refusal } from '../foundation/api';
import type { Deletion, Hold, HoldDraft, Keeping, Matter } from '../wire/api';

/** What is typed to hold recordings. Ids are parted by spaces, commas or lines; times are UTC. */
export interface TypedHold {
  conversations: string;
  recordings: string;
  /** The empty id stands for anybody, any queue. */
  agent: string;
  queue: string;
  from: string;
  until: string;
  standing: boolean;
  reason: string;
}

export const NOTHING_TYPED: TypedHold = {
  conversations: '',
  recordings: '',
  agent: '',
  queue: '',
  from: '',
  until: '',
  standing: false,
  reason: '',
};

export function idsIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}

/** What is to be held, or a sentence that says what is missing. */
export function holdOf(typed: TypedHold): HoldDraft | string {
  const [conversationIds, recordingIds] = [idsIn(typed.conversations), idsIn(typed.recordings)];
  if (Boolean(typed.from) !== Boolean(typed.until)) return 'A time needs both its beginning and its end.';
  if (typed.from && typed.until <= typed.from) return 'The time must end after it begins.';
  const selection = {
    ...(conversationIds.length > 0 && { conversationIds }),
    ...(recordingIds.length > 0 && { recordingIds }),
    ...(typed.agent && { userIds: [typed.agent] }),
    ...(typed.queue && { queueIds: [typed.queue] }),
    ...(typed.from && { interval: `${typed.from}:00Z/${typed.until}:00Z` }),
  };
  if (Object.keys(selection).length === 0) return 'Say which recordings: anything of the above.';
  const reason = typed.reason.trim();
  if (!reason) return 'Say why: it is kept with the hold.';
  return { selection, reason, standing: typed.standing };
}

export function countText(count: number, what = 'recording'): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}

/** How far a hold is, in a sentence. */
export function progressText(hold: Hold): string {
  const parts = [`${countText(hold.taken)} held`];
  if (hold.later > 0) parts.push(`${hold.later.toLocaleString('en-US')} more when they were made`);
  if (hold.already > 0) parts.push(`${hold.already.toLocaleString('en-US')} held before`);
  if (hold.refused > 0) parts.push(`${hold.refused.toLocaleString('en-US')} were destroyed before`);
  if (hold.state === 'done') return parts.join(', ');
  const of = `${hold.done.toLocaleString('en-US')} of ${countText(hold.total)} looked at`;
  return `${hold.state === 'paused' ? 'Paused: ' : ''}${of}: ${parts.join(', ')}`;
}

/** What a hold asked for, in words. `nameOf`: of people and queues. */
export function selectionText({ selection, standing }: Hold, nameOf: (id: string) => string): string {
  const parts: string[] = [];
  const { conversationIds, recordingIds, userIds, queueIds, interval } = selection;
  if (recordingIds) parts.push(countText(recordingIds.length, 'named recording'));
  if (conversationIds) parts.push(`of ${countText(conversationIds.length, 'conversation')}`);
  if (userIds) parts.push(`of ${userIds.map(nameOf).join(', ')}`);
  if (queueIds) parts.push(`in ${queueIds.map(nameOf).join(', ')}`);
  if (interval) parts.push(`begun ${interval.split('/').map(utcText).join(' to ')}`);
  return `${parts.join(', ')}${standing ? '; what is made later, too' : ''}`;
}

/** `27 Oct 2023, 11:00 UTC` */
export function utcText(instant: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  return `${parts.format(Date.parse(instant))} UTC`;
}

export const MATTER_STATES = {
  open: { tone: 'good', text: 'Open' },
  closing: { tone: 'wait', text: 'Being closed' },
  closed: { tone: 'off', text: 'Closed' },
} as const;

/** Whether something of a matter goes on by itself. */
export const isMoving = ({ state }: Matter): boolean => state === 'closing';

/** What keeps a recording, sentence by sentence; none when nothing does. `nameOf`: of people. */
export function keepingSentences(keeping: Keeping, nameOf: (id: string) => string): string[] {
  const told: string[] = [];
  if (keeping.matters === null && keeping.heldBy > 0) told.push('Held for a legal matter.');
  for (const { matterName, dateHeld } of keeping.matters ?? []) {
    told.push(`Held for ${matterName} since ${utcText(dateHeld)}.`);
  }
  if (keeping.dateArchived) told.push(`Archived on ${utcText(keeping.dateArchived)}.`);
  else if (keeping.archiveDate) told.push(`To be archived on ${utcText(keeping.archiveDate)}.`);
  const { deletion, destruction } = keeping;
  if (destruction) {
    const who = `asked for by ${nameOf(destruction.askedBy)}, approved by ${nameOf(destruction.approvedBy)}`;
    told.push(`Destroyed on ${utcText(destruction.date)}: ${destruction.reason} (${who}).`);
  } else if (deletion?.state === 'marked') told.push(deletionText(deletion, nameOf));
  else if (keeping.deleteDate) told.push(`To be marked for deletion on ${utcText(keeping.deleteDate)}.`);
  return told;
}

function deletionText(
  deletion: Pick<NonNullable<Keeping['deletion']>, 'dateDue' | 'approvedBy' | 'reason' | 'askedBy'>,
  nameOf: (id: string) => string,
): string {
  const next = deletion.approvedBy
    ? `approved by ${nameOf(deletion.approvedBy)}; destroyed after ${utcText(deletion.dateDue)}`
    : 'waits for a second person';
  return `Marked for deletion by ${nameOf(deletion.askedBy)} (${deletion.reason}): ${next}.`;
}

/** Whether it was one's own: then somebody else must approve. */
export const isOwn = ({ askedBy }: Deletion, me: string | undefined): boolean => askedBy.id === me;

export function sentenceOf(error: unknown): string {
  if (error instanceof Refusal || error instanceof Error) return error.message;
  return 'It failed.';
}
