import type { OwnChange } from '../wire/api';
import { dayName } from './dates';

const spanOf = ({ wallStart, wallEnd }: { wallStart: string; wallEnd: string }) =>
  `${dayName(wallStart.slice(0, 10))}, ${wallStart.slice(11, 16)}–${wallEnd.slice(11, 16)}`;

/** A sentence for each shift and whole day that a change touched. */
export function sentencesOf({ shifts, fullDays }: Pick<OwnChange, 'shifts' | 'fullDays'>): string[] {
  const ofShifts = shifts.map(({ before, after }) => {
    if (!before) return after ? `New shift: ${spanOf(after)}.` : '';
    if (!after) return `Shift removed: ${spanOf(before)}.`;
    const [was, is] = [spanOf(before), spanOf(after)];
    return was === is ? `Activities changed: ${is}.` : `Shift moved: ${was}, now ${is}.`;
  });
  const ofDays = fullDays.map(({ before, after }) => {
    const date = dayName((after ?? before)?.businessUnitDate ?? '');
    if (!before) return `Day off added: ${date}.`;
    return after ? `Day off changed: ${date}.` : `Day off removed: ${date}.`;
  });
  return [...ofShifts, ...ofDays].filter((sentence) => sentence !== '');
}

/** Those after the moment up to which one has seen, and the others. */
export function splitSeen<Change extends { revision: { at: string } }>(changes: Change[], seenMs: number) {
  const isNew = ({ revision }: Change) => Date.parse(revision.at) > seenMs;
  return { fresh: changes.filter(isNew), older: changes.filter((each) => !isNew(each)) };
}
