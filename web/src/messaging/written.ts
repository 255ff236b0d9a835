import type { TranscriptMessage, Written, WrittenPart } from '../wire/api';

export type Medium = 'messages' | 'emails';

/** A conversation by message or e-mail as its agent sees it. */
export interface Conversation {
  id: string;
  medium: Medium;
  /** Who wrote to us. */
  who: string;
  subject: string | null;
  queue: string | null;
  phase: 'alerting' | 'talking' | 'wrapup';
  ownId: string;
}

/** What the server lists, as the agent handles it; what is over for them is left out. */
export function conversationsOf(written: Written[], medium: Medium, meId: string): Conversation[] {
  return written.flatMap((each) => {
    const own = each.participants.findLast(({ user }) => user?.id === meId);
    const phase = own && phaseOf(own);
    if (!own || !phase) return [];
    const customer = each.participants.find(({ purpose }) => purpose === 'customer');
    return [
      {
        id: each.id,
        medium,
        who: customer?.name || customer?.address || 'Somebody',
        subject: each.name ?? null,
        queue: own.queue?.name ?? null,
        phase,
        ownId: own.id,
      },
    ];
  });
}

function phaseOf({ state, startAcwTime, endAcwTime }: WrittenPart): Conversation['phase'] | null {
  if (state === 'alerting') return 'alerting';
  if (state === 'connected') return 'talking';
  return startAcwTime && !endAcwTime ? 'wrapup' : null;
}

/** What is alerting first, then by the order in which the server lists them. */
export function order(conversations: Conversation[]): Conversation[] {
  const rank = { alerting: 0, talking: 1, wrapup: 2 };
  return conversations.toSorted((one, other) => rank[one.phase] - rank[other.phase]);
}

export function titleOf({ medium, who, phase }: Conversation): string {
  const what = medium === 'emails' ? 'An e-mail' : 'A message';
  if (phase === 'alerting') return `${what} from ${who}`;
  return phase === 'wrapup' ? `How did it go with ${who}?` : who;
}

export function isOurs({ direction }: TranscriptMessage): boolean {
  return direction === 'outbound';
}
