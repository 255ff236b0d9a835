import type { Conversation, Participant } from '../wire/api';

/**
 * What is known of one's calls: the conversations as the server last told them, and the sessions of this tab's softphone.
 * Pure: the shell in phone.ts owns the vendor's library and the requests; view.ts reads the calls out of these facts.
 */
export interface Facts {
  meId: string | null;
  /** Grows with each conversation heard, so that an answer asked for earlier changes nothing newer. */
  mark: number;
  conversations: ReadonlyMap<string, Heard>;
  /** By conversation. */
  sessions: ReadonlyMap<string, Session>;
  /** The names of the person's queues: topics tell only their ids. */
  queues: ReadonlyMap<string, string>;
  /** Conversations whose consultation is over though all three are still there: it became a conference. */
  conferences: ReadonlyMap<string, true>;
  /** What the person last asked for, by conversation. */
  wishes: ReadonlyMap<string, Wish>;
}

export interface Heard {
  conversation: Conversation;
  mark: number;
  /** Whether one's own part in it was seen live here: only then is its end worth a word. */
  seenLive: boolean;
  /** Since when one's own call is in its present state, as far as it was heard here: topics do not tell it of every state. */
  state: string | null;
  since: number;
}

/** `proposed`: this tab may answer it; `here`: its sound is in this tab. */
export interface Session {
  media: 'proposed' | 'here';
  autoAnswer: boolean;
}

export type Wish = 'answer' | 'decline' | 'end';

export type CallEvent =
  | { type: 'me'; id: string }
  /** `at`: the application's time, in milliseconds. */
  | { type: 'heard'; conversation: Conversation; at: number }
  /** All of one's live conversations, as read when `mark` was the newest. */
  | { type: 'listed'; conversations: Conversation[]; mark: number; at: number }
  | { type: 'queues'; names: ReadonlyMap<string, string> }
  | { type: 'proposed'; conversationId: string; autoAnswer: boolean }
  /** Another tab answered it, or nobody can any more. */
  | { type: 'withdrawn'; conversationId: string }
  | { type: 'begun'; conversationId: string }
  | { type: 'finished'; conversationId: string }
  | { type: 'wished'; conversationId: string; wish: Wish | null }
  /** `begun`: a new consultation; else it became a conference. */
  | { type: 'consulted'; conversationId: string; begun: boolean }
  /** A person has seen how a call ended. */
  | { type: 'dismissed'; conversationId: string }
  /** The vendor's instance is gone, and its sessions with it. */
  | { type: 'unplugged' }
  | { type: 'signed-out' };

export const NOTHING: Facts = {
  meId: null,
  mark: 0,
  conversations: new Map(),
  sessions: new Map(),
  queues: new Map(),
  conferences: new Map(),
  wishes: new Map(),
};

export function learn(facts: Facts, event: CallEvent): Facts {
  switch (event.type) {
    case 'me':
      return facts.meId === event.id ? facts : { ...facts, meId: event.id };
    case 'heard':
      return hear({ ...facts, mark: facts.mark + 1 }, event.conversation, event.at);
    case 'listed':
      return list(facts, event);
    case 'queues':
      return { ...facts, queues: event.names };
    case 'wished':
      return { ...facts, wishes: change(facts.wishes, event.conversationId, event.wish ?? undefined) };
    case 'consulted': {
      const conferences = change(facts.conferences, event.conversationId, event.begun ? undefined : true);
      return { ...facts, conferences };
    }
    case 'dismissed':
      return forget(facts, event.conversationId);
    case 'unplugged':
      return facts.sessions.size === 0 ? facts : { ...facts, sessions: new Map() };
    case 'signed-out':
      return NOTHING;
    default:
      return learnSession(facts, event);
  }
}

type SessionEvent = Extract<CallEvent, { type: 'proposed' | 'withdrawn' | 'begun' | 'finished' }>;

function learnSession(facts: Facts, event: SessionEvent): Facts {
  const { conversationId } = event;
  const before = facts.sessions.get(conversationId);
  const become = (session: Session | undefined) => ({
    ...facts,
    sessions: change(facts.sessions, conversationId, session),
  });
  switch (event.type) {
    case 'proposed':
      return before ? facts : become({ media: 'proposed', autoAnswer: event.autoAnswer });
    case 'withdrawn':
      // The tab that answered is told, too, that the proposal is handled.
      return before?.media === 'proposed' ? become(undefined) : facts;
    case 'begun':
      return become({ media: 'here', autoAnswer: before?.autoAnswer ?? false });
    case 'finished':
      return become(undefined);
  }
}

function hear(facts: Facts, conversation: Conversation, at: number): Facts {
  const before = facts.conversations.get(conversation.id);
  const own = ownPart(conversation, facts.meId);
  const state = own?.call.state ?? null;
  const heard: Heard = {
    conversation,
    mark: facts.mark,
    seenLive: before?.seenLive === true || own?.live === true,
    state,
    since: before?.state === state ? before.since : at,
  };
  // Who talks has been answered.
  const isAnswered = state === 'connected' && facts.wishes.get(conversation.id) === 'answer';
  return {
    ...facts,
    conversations: change(facts.conversations, conversation.id, heard),
    wishes: isAnswered ? change(facts.wishes, conversation.id, undefined) : facts.wishes,
  };
}

function list(facts: Facts, { conversations, mark, at }: Extract<CallEvent, { type: 'listed' }>): Facts {
  const isNewer = (id: string) => (facts.conversations.get(id)?.mark ?? -1) > mark;
  const listed = new Set(conversations.map(({ id }) => id));
  const gone = [...facts.conversations.keys()].filter(
    (id) => !listed.has(id) && !isNewer(id) && !isToldAsOver(facts, id),
  );
  const left = gone.reduce(forget, facts);
  return conversations
    .filter(({ id }) => !isNewer(id))
    .reduce((known, conversation) => hear(known, conversation, at), left);
}

/** A call that is over stays until the person has seen how it ended; no list holds it. */
function isToldAsOver(facts: Facts, conversationId: string): boolean {
  const heard = facts.conversations.get(conversationId);
  const own = heard && ownPart(heard.conversation, facts.meId);
  return own != null && !own.live && !isWrappingUp(own.participant);
}

function forget(facts: Facts, conversationId: string): Facts {
  const isProposed = facts.sessions.get(conversationId)?.media === 'proposed';
  return {
    ...facts,
    // What was proposed for a call that is over cannot be answered any more.
    sessions: isProposed ? change(facts.sessions, conversationId, undefined) : facts.sessions,
    conversations: change(facts.conversations, conversationId, undefined),
    wishes: change(facts.wishes, conversationId, undefined),
  };
}

function change<Value>(
  map: ReadonlyMap<string, Value>,
  key: string,
  value: Value | undefined,
): ReadonlyMap<string, Value> {
  if (map.get(key) === value) return map;
  const changed = new Map(map);
  if (value === undefined) changed.delete(key);
  else changed.set(key, value);
  return changed;
}

const ENDED: ReadonlySet<string> = new Set(['disconnected', 'terminated', 'none']);

/** The call of one who takes part: their only one, the only one that goes on, else the last. */
export function callOf(participant: Participant) {
  const calls = participant.calls ?? [];
  return calls.find(({ state }) => !ENDED.has(state)) ?? calls.at(-1);
}

export function isLive(participant: Participant): boolean {
  const call = callOf(participant);
  return call !== undefined && !ENDED.has(call.state);
}

export function isWrappingUp({ startAcwTime, endAcwTime }: Participant): boolean {
  return startAcwTime != null && endAcwTime == null;
}

/** One's own part: the last one that goes on, else the last. Somebody may come back into a conversation that they left. */
export function ownPart(conversation: Conversation, meId: string | null) {
  const own = conversation.participants.filter(({ userId }) => meId !== null && userId === meId);
  const participant = own.findLast(isLive) ?? own.at(-1);
  const call = participant && callOf(participant);
  return participant && call ? { participant, call, live: isLive(participant) } : null;
}
