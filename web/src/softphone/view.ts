import type { CallPart, Conversation, Participant, WrapupPrompt } from '../wire/api';
import {
  callOf,
  type Facts,
  type Heard,
  isLive,
  isWrappingUp,
  ownPart,
  type Session,
  type Wish,
} from './calls';

/** Where a call is, for its agent. */
export type Phase = 'ringing' | 'calling' | 'talking' | 'wrapup' | 'over';

/** A call as it is shown: read out of the facts, never kept. Instants are the application's, in milliseconds. */
export interface Call {
  id: string;
  /** One's own participant; null while only the softphone knows of the call. */
  ownId: string | null;
  phase: Phase;
  direction: 'inbound' | 'outbound';
  /** Where its sound is: in this tab, or it could be; `elsewhere`: another tab or another phone. */
  media: 'here' | 'proposed' | 'elsewhere';
  autoAnswer: boolean;
  wish: Wish | null;
  who: string;
  queue: { id: string; name: string | null } | null;
  others: Other[];
  muted: boolean;
  held: boolean;
  /** Hears music because the others hold. */
  confined: boolean;
  recording: boolean;
  /** Nothing that is said is kept just now. */
  paused: boolean;
  /** When this phase began. */
  since: number | null;
  /** Until when it rings here. */
  ringsUntil: number | null;
  consult: Consult | null;
  wrapup: WrapupDue | null;
  outcome: Outcome | null;
}

export interface Other {
  id: string;
  name: string;
  purpose: string;
  state: 'calling' | 'talking' | 'waiting';
}

/** A consultation under way. `initiator`: one's own. */
export interface Consult {
  role: 'initiator' | 'consulted';
  /** Who is to be transferred: operations on the consultation name them. */
  objectId: string;
  withName: string;
  aboutName: string;
  answered: boolean;
  speakTo: 'DESTINATION' | 'OBJECT' | 'BOTH';
}

export interface WrapupDue {
  prompt: WrapupPrompt;
  startedAt: number | null;
  /** When it ends by itself. */
  endsAt: number | null;
  maySkip: boolean;
}

export type Outcome =
  | { kind: 'missed' | 'abandoned' | 'declined' | 'ended' | 'left' | 'transferred' }
  | { kind: 'unanswered' | 'trouble'; sentence: string | null };

export function callsOf(facts: Facts): Call[] {
  const told = [...facts.conversations.values()]
    .map((heard) => callIn(facts, heard))
    .filter((call): call is Call => call !== null);
  const known = new Set(
    [...facts.conversations].filter(([, heard]) => hasOwn(heard, facts)).map(([id]) => id),
  );
  const untold = [...facts.sessions]
    // A persistent connection has a session without a call; nothing is to be shown of it.
    .filter(([id, { media }]) => media === 'proposed' && !known.has(id))
    .map(([id, session]) => untoldCall(id, session, facts.wishes.get(id) ?? null));
  // What is over never stands before what rings.
  return [...told, ...untold].sort((a, b) => Number(isOver(a)) - Number(isOver(b)));
}

function isOver({ phase }: Call): boolean {
  return phase === 'wrapup' || phase === 'over';
}

function hasOwn(heard: Heard, facts: Facts): boolean {
  return ownPart(heard.conversation, facts.meId) !== null;
}

/** A call that the softphone knows already, and the server has not told of yet. */
function untoldCall(id: string, session: Session, wish: Wish | null): Call {
  const { media, autoAnswer } = session;
  return {
    ...{ id, ownId: null, phase: 'ringing', direction: 'inbound', media },
    ...{ autoAnswer, wish, who: 'A caller', queue: null, others: [], muted: false, held: false },
    ...{
      confined: false,
      recording: false,
      paused: false,
      since: null,
      ringsUntil: null,
      consult: null,
      wrapup: null,
    },
    outcome: null,
  };
}

function callIn(facts: Facts, { conversation, seenLive, since }: Heard): Call | null {
  const own = ownPart(conversation, facts.meId);
  if (own === null) return null;
  const { participant, call } = own;
  const wrapup = own.live ? null : wrapupDue(participant, seenLive);
  const phase = phaseOf(call, wrapup);
  if (phase === 'over' && !seenLive) return null;
  const session = facts.sessions.get(conversation.id);
  const wish = facts.wishes.get(conversation.id) ?? null;
  return {
    id: conversation.id,
    ownId: participant.id,
    phase,
    direction: call.direction ?? 'inbound',
    media: session?.media ?? 'elsewhere',
    autoAnswer: session?.autoAnswer ?? false,
    wish,
    who: whoOf(conversation, participant),
    queue: queueOf(conversation, participant, facts.queues),
    others: othersOf(conversation, participant),
    muted: call.muted === true,
    held: call.held === true,
    confined: call.confined === true,
    recording: call.recording === true,
    paused: call.recordingState === 'paused',
    since: sinceOf(phase, participant, call) ?? since,
    ringsUntil: phase === 'ringing' ? ringsUntil(participant, call, since) : null,
    consult: facts.conferences.has(conversation.id) ? null : consultOf(conversation, participant),
    wrapup,
    outcome: own.live ? null : outcomeOf(conversation, participant, call, wish),
  };
}

function phaseOf(call: CallPart, wrapup: WrapupDue | null): Phase {
  switch (call.state) {
    case 'offering':
    case 'alerting':
    case 'contacting':
      return call.direction === 'outbound' ? 'calling' : 'ringing';
    case 'dialing':
      return 'calling';
    case 'connected':
      return 'talking';
    default:
      return wrapup ? 'wrapup' : 'over';
  }
}

function sinceOf(phase: Phase, participant: Participant, call: CallPart): number | null {
  switch (phase) {
    case 'ringing':
      return instant(call.startAlertingTime, participant.startTime);
    case 'calling':
      return instant(participant.startTime);
    case 'talking':
      return instant(call.connectedTime, participant.connectedTime, participant.startTime);
    case 'wrapup':
      return instant(participant.startAcwTime, participant.endTime);
    case 'over':
      return instant(participant.endTime, call.disconnectedTime);
  }
}

function ringsUntil(participant: Participant, call: CallPart, heardAt: number): number | null {
  const timeout = participant.alertingTimeoutMs;
  return timeout ? (sinceOf('ringing', participant, call) ?? heardAt) + timeout : null;
}

function instant(...texts: (string | null | undefined)[]): number | null {
  const text = texts.find((each) => typeof each === 'string');
  const ms = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

const isHuman = (participant: Participant) => participant.purpose !== 'acd';

/** Whom one talks to: the customer first, and who is still there before who has gone. */
function whoOf(conversation: Conversation, own: Participant): string {
  const others = conversation.participants.filter(
    (each) => isHuman(each) && each.id !== own.id && (each.userId == null || each.userId !== own.userId),
  );
  const live = others.filter(isLive);
  const among = live.length > 0 ? live : others;
  const who = among.find(({ purpose }) => purpose === 'customer') ?? among.at(0);
  return who ? nameOf(who) : 'A caller';
}

export function nameOf(participant: Participant): string {
  if (participant.name) return participant.name;
  if (participant.address) return participant.address;
  return participant.purpose === 'customer' || participant.purpose === 'external' ? 'A caller' : 'An agent';
}

function queueOf(conversation: Conversation, own: Participant, names: Facts['queues']): Call['queue'] {
  const part = [own, ...conversation.participants].find(({ queueId }) => queueId);
  if (!part?.queueId) return null;
  return { id: part.queueId, name: part.queueName ?? names.get(part.queueId) ?? null };
}

function othersOf(conversation: Conversation, own: Participant): Other[] {
  return conversation.participants
    .filter((each) => isHuman(each) && each.id !== own.id && isLive(each))
    .map((each) => {
      const call = callOf(each);
      const waits = call?.held === true || call?.confined === true;
      const state = call?.state !== 'connected' ? 'calling' : waits ? 'waiting' : 'talking';
      return { id: each.id, name: nameOf(each), purpose: each.purpose, state };
    });
}

/** The one who is consulted names the one who is to be transferred. */
function consultOf(conversation: Conversation, own: Participant): Consult | null {
  if (!isLive(own)) return null;
  const live = conversation.participants.filter(isLive);
  const consulted = live.find(({ consultParticipantId }) => consultParticipantId);
  const object = live.find(({ id }) => id === consulted?.consultParticipantId);
  if (!consulted || !object || object.id === own.id) return null;
  const initiator = live.find((each) => isHuman(each) && each !== consulted && each !== object);
  const role = consulted.id === own.id ? 'consulted' : 'initiator';
  // Who was asked has been handed the call once the one who asked has gone.
  if (role === 'consulted' && initiator === undefined) return null;
  const peer = role === 'initiator' ? consulted : initiator;
  return {
    role,
    objectId: object.id,
    withName: peer ? nameOf(peer) : 'An agent',
    aboutName: nameOf(object),
    answered: callOf(consulted)?.state === 'connected',
    speakTo: callOf(object)?.confined ? 'DESTINATION' : callOf(consulted)?.confined ? 'OBJECT' : 'BOTH',
  };
}

/** What after-call work is still to do. */
function wrapupDue(own: Participant, seenLive: boolean): WrapupDue | null {
  if (!isWrappingUp(own) && !(seenLive && isWelcome(own))) return null;
  const prompt = own.wrapupPrompt ?? 'optional';
  const startedAt = instant(own.startAcwTime, own.endTime);
  const isTimed = prompt !== 'mandatory' && typeof own.wrapupTimeoutMs === 'number';
  return {
    prompt,
    startedAt,
    endsAt: startedAt !== null && isTimed ? startedAt + (own.wrapupTimeoutMs ?? 0) : null,
    maySkip: prompt === 'optional' || prompt === 'agentRequested',
  };
}

/** An outcome that nobody waits for: it may be given as long as the end of the call is seen. */
function isWelcome(own: Participant): boolean {
  const isOpen = own.wrapup == null && own.wrapupSkipped !== true;
  return own.wrapupPrompt === 'optional' && isOpen && own.connectedTime != null && own.queueId != null;
}

const NOT_ANSWERED: ReadonlySet<string> = new Set(['timeout', 'transfer.noanswer']);
const TROUBLE: ReadonlySet<string> = new Set(['error', 'system', 'transport.failure', 'timeout']);

function outcomeOf(conversation: Conversation, own: Participant, call: CallPart, wish: Wish | null): Outcome {
  const wasConnected = (call.connectedTime ?? own.connectedTime) != null;
  if (wasConnected) return endOf(call, wish);
  const sentence = call.errorInfo?.message ?? null;
  if (call.direction === 'outbound')
    return wish === 'end' ? { kind: 'left' } : { kind: 'unanswered', sentence };
  if (wish === 'decline') return { kind: 'declined' };
  const callerLeft = !conversation.participants.some(
    (each) => each.id !== own.id && isHuman(each) && isLive(each),
  );
  if (wish === 'answer' && !callerLeft) return { kind: 'trouble', sentence };
  return { kind: callerLeft && !NOT_ANSWERED.has(call.disconnectType ?? '') ? 'abandoned' : 'missed' };
}

function endOf(call: CallPart, wish: Wish | null): Outcome {
  const why = call.disconnectType ?? '';
  if (why.startsWith('transfer')) return { kind: 'transferred' };
  if (TROUBLE.has(why) && wish !== 'end')
    return { kind: 'trouble', sentence: call.errorInfo?.message ?? null };
  return { kind: why === 'client' || wish === 'end' ? 'left' : 'ended' };
}
