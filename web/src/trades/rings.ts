import type { Tone } from '../design/components';
import { lengthText } from '../foundation/time';
import { MINUTE } from '../schedule/offsets';
import type { Ring, RingMember, RingShift } from '../wire/api';
import { differenceText, nameOf, type Paid, type Reader, spanText, told, type Verdict } from './trades';

export const RING_STATES: Record<Ring['state'], { tone: Tone; text: string }> = {
  Proposed: { tone: 'accent', text: 'Asks all of you' },
  Accepted: { tone: 'wait', text: 'Waits for approval' },
  Approved: { tone: 'good', text: 'Approved' },
  Denied: { tone: 'bad', text: 'Denied' },
  Declined: { tone: 'off', text: 'Declined' },
  Void: { tone: 'off', text: 'Came to nothing' },
  Expired: { tone: 'off', text: 'Expired' },
};

export const ANSWERS: Record<RingMember['answer'], { tone: Tone; text: string }> = {
  Waiting: { tone: 'off', text: 'has not answered' },
  Accepted: { tone: 'good', text: 'accepted' },
  Declined: { tone: 'bad', text: 'declined' },
};

/** Whether anything can still become of it. */
export const isPending = ({ state }: Ring) => state === 'Proposed' || state === 'Accepted';

export const peopleOfRings = (rings: Iterable<Ring>): string[] =>
  [...rings].flatMap(({ members }) => members.map(({ user }) => user.id));

export const partOf = ({ members }: Ring, personId: string): RingMember | undefined =>
  members.find(({ user }) => user.id === personId);

/** `Sat 28 Oct, 06:00–14:00`, on the reader's wall. */
export function ringShiftText(shift: RingShift, { offsets }: Reader): string {
  const start = Date.parse(shift.startDate);
  return spanText(start, start + shift.lengthMinutes * MINUTE, offsets);
}

/** What somebody gives and gets, after their name: `give Sat … and get Fri …`; of others in the third person. */
export function moveText({ user, gives, gets }: RingMember, reader: Reader): string {
  const own = user.id === reader.meId;
  const [give, get] = own ? ['give', 'get'] : ['gives', 'gets'];
  const parts = [
    gives && `${give} ${ringShiftText(gives, reader)}`,
    gets ? `${get} ${ringShiftText(gets, reader)}` : gives && `${get} nothing for it`,
  ].filter(Boolean);
  return parts.join(' and ');
}

/** `You give Sat … and get Fri …`. */
export const sentenceOf = (member: RingMember, reader: Reader): string =>
  `${nameOf(member.user.id, reader)} ${moveText(member, reader)}`;

/** The people of a ring, in its order: `Ana Ruiz, Ben Carter and you`. */
export function peopleText({ members }: Ring, reader: Reader): string {
  const names = members.map(({ user }) => nameOf(user.id, reader));
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Why a ring stands as it does; while it asks its people, what follows when all accept. */
export function ringReason(ring: Ring, reader: Reader): string {
  if (ring.state === 'Proposed') {
    const then = ring.wouldBeDecidedBy?.sentence;
    const all = `${ring.accepted} of ${ring.length} have accepted; it is done only if everybody does.`;
    return then ? `${all} Then: ${told(then, reader)}` : all;
  }
  const why = ring.decidedBy ? told(ring.decidedBy.sentence, reader) : '';
  return ring.state === 'Accepted' ? `Everybody has accepted. ${why}`.trim() : why;
}

/** What the rules say of somebody's part. */
export function ringVerdicts(member: RingMember, reader: Reader): Verdict[] {
  const spoken = (violations: RingMember['violations'], follows: Verdict['follows']) =>
    (violations ?? []).map(({ type, params }, index) => ({
      key: `${follows} ${type} ${index}`,
      follows,
      sentence: told(params.sentence ?? type, reader),
    }));
  return [...spoken(member.violations, 'refused'), ...spoken(member.adminReviewViolations, 'reviewed')];
}

/** What those whose pay is told are paid; nothing of the others. */
export function ringPaid(members: RingMember[], reader: Reader): Paid[] {
  return members.flatMap(({ user, gives, paidMinutesBefore: before, paidMinutesAfter: after }) =>
    typeof before === 'number' && typeof after === 'number'
      ? [
          {
            side: gives ? ('gives' as const) : ('takes' as const),
            personId: user.id,
            who: nameOf(user.id, reader),
            before: lengthText(before),
            after: lengthText(after),
            difference: differenceText(after - before),
          },
        ]
      : [],
  );
}

/** Those that wait first, the earliest in front; then what is over, the latest first. */
export function orderRings(rings: Ring[]): Ring[] {
  const first = ({ members }: Ring) =>
    Math.min(...members.map(({ gives }) => (gives ? Date.parse(gives.startDate) : Number.POSITIVE_INFINITY)));
  return [...rings].sort((a, b) => {
    if (isPending(a) !== isPending(b)) return isPending(a) ? -1 : 1;
    return isPending(a)
      ? first(a) - first(b)
      : Date.parse(b.metadata.dateModified) - Date.parse(a.metadata.dateModified);
  });
}

/** What a search came to, in one sentence. */
export function foundText(job: { offers?: number | null; proposals?: Ring[] | null }): string {
  const looked = job.offers === 1 ? 'One offer was looked at' : `${job.offers ?? 0} offers were looked at`;
  const rings = job.proposals ?? [];
  if (rings.length === 0) return `${looked}: no exchange among several is possible now.`;
  const moved = rings.reduce((sum, { shiftsMoved }) => sum + shiftsMoved, 0);
  const [count, ask] =
    rings.length === 1 ? ['one exchange', 'it asks'] : [`${rings.length} exchanges`, 'they ask'];
  return `${looked}: ${count} of ${moved} shifts in all; ${ask} the people in ${rings.length === 1 ? 'it' : 'them'} now.`;
}
