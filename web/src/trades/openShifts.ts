import { lengthText } from '../foundation/time';
import type { OpenShift, OpenShiftRule } from '../wire/api';
import { differenceText, type Paid, type Reader, spanText, told, type Verdict } from './trades';

/** When an open shift is, on its reader's wall. */
export function openShiftText({ startDate, lengthMinutes }: OpenShift, { offsets }: Reader): string {
  const startMs = Date.parse(startDate);
  return spanText(startMs, startMs + lengthMinutes * 60_000, offsets);
}

/** Whether one has claimed it, and that waits for whoever approves. */
export const isClaimed = ({ state }: OpenShift) => state === 'Claimed';

/** Whether no rule refuses that one takes it, and no exchange has it. */
export const isFree = ({ wouldBe, heldUntil }: OpenShift) => wouldBe !== 'Disallow' && !heldUntil;

const FOLLOWS: Record<OpenShiftRule['consequence'], Verdict['follows'] | null> = {
  Allow: null,
  AdminReview: 'reviewed',
  Disallow: 'refused',
};

/** The rules that speak, those that refuse first. The others hold, or only show. */
export function openVerdictsOf({ rules }: OpenShift, reader: Reader): Verdict[] {
  const spoken = (rules ?? []).flatMap(({ code, holds, consequence, sentence }, index) => {
    const follows = FOLLOWS[consequence];
    return holds || follows === null || !sentence
      ? []
      : [{ key: `${code} ${index}`, follows, sentence: told(sentence, reader) }];
  });
  return spoken.sort((a, b) => Number(b.follows === 'refused') - Number(a.follows === 'refused'));
}

/** What somebody is paid in its week, now and with it. */
export function openPaidOf(
  { paidMinutesBefore: before, paidMinutesAfter: after }: OpenShift,
  who = 'You',
): Paid[] {
  if (before == null || after == null) return [];
  return [
    {
      side: 'takes',
      who,
      before: lengthText(before),
      after: lengthText(after),
      difference: differenceText(after - before),
    },
  ];
}

/** What follows from taking it, in a word or two. */
export function outlookText(shift: OpenShift): string {
  if (isClaimed(shift)) return 'Waits for approval';
  if (shift.heldUntil) return 'In an exchange';
  if (!isFree(shift)) return 'Not for you now';
  return shift.wouldBe === 'AdminReview' ? 'After approval' : 'Yours at once';
}
