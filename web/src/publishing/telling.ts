import { lengthText } from '../foundation/time';
import { dayName } from '../schedule/dates';
import { dateText, MINUTE, type Offsets, timeText, wallAt } from '../schedule/offsets';
import type { Edit, EditsAnswer, Revision } from '../wire/api';

/** What it takes to put an edit into words. */
export interface Teller {
  names: ReadonlyMap<string, string>;
  codes: ReadonlyMap<string, string>;
  offsets: Offsets;
}

export const nameOf = ({ names }: Pick<Teller, 'names'>, id: string) => names.get(id) ?? 'An agent';

/** `Fri 27 Oct, 06:00`. */
export function momentIn(offsets: Offsets, instant: string): string {
  const wall = wallAt(offsets, Date.parse(instant));
  return `${dayName(dateText(wall))}, ${timeText(wall)}`;
}

/** `Fri 27 Oct, 06:00–14:00`. */
export function spanIn(offsets: Offsets, instant: string, minutes: number): string {
  const end = wallAt(offsets, Date.parse(instant) + minutes * MINUTE);
  return `${momentIn(offsets, instant)}–${timeText(end)}`;
}

/** What an edit does, for the list of a draft. `what` names the activity or shift that it changes, with its time. */
export function editText(edit: Edit, what: string, teller: Teller): string {
  const who = edit.userId ? `${nameOf(teller, edit.userId)}: ` : '';
  const code = edit.description || teller.codes.get(edit.activityCodeId ?? '') || 'Activity';
  const minutes = edit.lengthMinutes ?? 0;
  const start = edit.startDate ?? '';
  const at = () => momentIn(teller.offsets, start);
  switch (edit.type) {
    case 'addActivity':
      return `${who}${code} added, ${spanIn(teller.offsets, start, minutes)}.`;
    case 'moveActivity':
    case 'moveShift':
      return `${who}${what} moved to ${at()}.`;
    case 'resizeActivity':
      return `${who}${what} lasts ${lengthText(minutes)}.`;
    case 'splitActivity':
      return `${who}${what} split at ${at()}${edit.activityCodeId ? `, then ${code}` : ''}.`;
    case 'removeActivity':
    case 'removeShift':
      return `${who}${what} removed.`;
    case 'openShift':
      return `${who}${what} left open for others.`;
    case 'addShift':
      return `${who}New shift, ${spanIn(teller.offsets, start, minutes)}.`;
    case 'resizeShift':
      return `${who}${what} is ${spanIn(teller.offsets, start, minutes)} now.`;
    case 'placeActivity':
      return placementText(edit, code, teller);
  }
}

function placementText(edit: Edit, code: string, teller: Teller): string {
  const agents = edit.userIds ?? [];
  const whom = agents.length === 1 ? nameOf(teller, agents[0] ?? '') : `${agents.length} agents`;
  const length = lengthText(edit.lengthMinutes ?? 0);
  if (edit.startDate)
    return `${code} for ${whom}, ${spanIn(teller.offsets, edit.startDate, edit.lengthMinutes ?? 0)}.`;
  const { startDate = '', endDate = '' } = edit.window ?? {};
  const each = agents.length === 1 ? 'at the best time' : 'each at their best time';
  return `${code} of ${length} for ${whom}, ${each} from ${momentIn(teller.offsets, startDate)} to ${momentIn(teller.offsets, endDate)}.`;
}

const RULES: Record<string, string> = {
  'rest.too.short': 'Too little rest between shifts',
  'unavailable.time': 'When they cannot work',
  'skill.not.held': 'A skill that they do not have',
  'edit.over.time.off': 'Meets approved time off',
  'edit.over.meal': 'Takes of a meal',
  'edit.over.break': 'Takes of a break',
  'edit.over.external.activity': 'Changes what was planned elsewhere',
  'edit.in.past': 'The shift has begun',
};

/** A rule by its code. */
export function ruleText(code: string): string {
  const known = RULES[code];
  if (known) return known;
  const words = code.replace(/^workplan\./, '').replaceAll('.', ' ');
  return code.startsWith('workplan.') ? `Work plan: ${words}` : words;
}

/** `+30 m`, `−1 h`, `the same`. */
export function differenceText(minutes: number): string {
  if (minutes === 0) return 'the same';
  return `${minutes > 0 ? '+' : '−'}${lengthText(Math.abs(minutes))}`;
}

/** How many are missing on queue at the worst, or come at the best; null where nobody does. */
export function coverageText(coverage: EditsAnswer['coverage'], offsets: Offsets): string | null {
  const by = (sign: number) =>
    coverage
      .filter(({ agentsDifference }) => agentsDifference * sign > 0)
      .sort((a, b) => sign * (b.agentsDifference - a.agentsDifference))[0];
  const tell = (word: string, quarter: EditsAnswer['coverage'][number] | undefined) =>
    quarter &&
    `at most ${Math.abs(quarter.agentsDifference)} ${word}, at ${momentIn(offsets, quarter.startDate)}`;
  const parts = [tell('fewer', by(-1)), tell('more', by(1))].filter(Boolean);
  return parts.length === 0 ? null : `On queue: ${parts.join('; ')}.`;
}

const KINDS: Record<string, string> = {
  create: 'Made',
  import: 'Imported',
  copy: 'Copied',
  update: 'Changed',
  edit: 'Edited',
  publish: 'Published',
  swap: 'Shifts handed over',
  republish: 'Put into force again',
  supersede: 'Replaced',
  delete: 'Deleted',
};

/** What made a revision. */
export function revisionText({ kind, restores }: Pick<Revision, 'kind' | 'restores'>): string {
  if (restores) return `Version ${restores} put into force again`;
  return KINDS[kind] ?? kind;
}
