import type { Tone } from '../design/components';
import { presenceName } from '../presence/presence';
import { KIND_NAMES } from '../schedule/kinds';
import type { Adherence, AdherenceState } from '../wire/api';

/** An agent as the board shows them. */
export interface Row {
  id: string;
  name: string;
  scheduled: string;
  actual: string;
  state: { tone: Tone; text: string };
  /** Milliseconds since 1970; null where it is not known. */
  sinceMs: number | null;
  /** Out of adherence, however little harm it does. */
  isOut: boolean;
  /** The smaller, the worse. */
  rank: number;
}

export type Column = 'state' | 'name' | 'scheduled' | 'actual' | 'since';

const STATES: Record<AdherenceState, { rank: number; tone: Tone; text: string }> = {
  OutOfAdherence: { rank: 2, tone: 'bad', text: 'Out of adherence' },
  Unknown: { rank: 3, tone: 'wait', text: 'Not known' },
  Explained: { rank: 4, tone: 'accent', text: 'Explained' },
  Ignored: { rank: 5, tone: 'off', text: 'Not counted' },
  Unscheduled: { rank: 6, tone: 'off', text: 'Not scheduled' },
  InAdherence: { rank: 7, tone: 'good', text: 'In adherence' },
};

/** Whoever works though nothing asks for it does less harm than whoever is missing, for long before for a moment. */
function rankOf({ adherenceState, impact, severe }: Adherence): number {
  const { rank } = STATES[adherenceState ?? 'Unknown'];
  if (adherenceState !== 'OutOfAdherence' || impact === 'Positive') return rank;
  return severe ? 0 : 1;
}

/** `codes`: the names of the unit's activity codes, which news do not tell. */
export function rowOf(
  adherence: Adherence,
  names: ReadonlyMap<string, string>,
  codes: ReadonlyMap<string, string>,
): Row {
  const id = adherence.user?.id ?? '';
  const { tone, text } = STATES[adherence.adherenceState ?? 'Unknown'];
  const since = Date.parse(adherence.timeOfAdherenceChange ?? '');
  const isOut = adherence.adherenceState === 'OutOfAdherence';
  return {
    id,
    name: adherence.user?.name ?? names.get(id) ?? 'An agent',
    scheduled:
      codes.get(adherence.scheduledActivityCode?.id ?? '') ??
      adherence.scheduledActivityCode?.name ??
      categoryText(adherence.scheduledActivityCategory, 'Nothing'),
    actual: actualText(adherence),
    state: { text, tone: isOut && adherence.impact === 'Positive' ? 'wait' : tone },
    sinceMs: Number.isNaN(since) ? null : since,
    isOut,
    rank: rankOf(adherence),
  };
}

function categoryText(category: Adherence['actualActivityCategory'], none: string): string {
  return category == null || category === 'Unscheduled' ? none : KIND_NAMES[category];
}

function actualText({ systemPresence, routingStatus, actualActivityCategory }: Adherence): string {
  const shown = systemPresence ? presenceName(systemPresence) : null;
  const kind = categoryText(actualActivityCategory, shown ?? 'Not known');
  const doing =
    routingStatus === 'INTERACTING' || routingStatus === 'COMMUNICATING'
      ? 'in a call'
      : routingStatus === 'NOT_RESPONDING'
        ? 'not responding'
        : null;
  const parts = [kind, shown !== null && shown.toLowerCase() !== kind.toLowerCase() ? shown : null, doing];
  return parts.filter((part) => part !== null).join(', ');
}

/** By a column; equal ones by who is worst, then by how long. */
export function orderRows(rows: Row[], column: Column, descending: boolean): Row[] {
  const worst = (a: Row, b: Row) =>
    a.rank - b.rank ||
    (a.sinceMs ?? Number.POSITIVE_INFINITY) - (b.sinceMs ?? Number.POSITIVE_INFINITY) ||
    a.name.localeCompare(b.name);
  const by: Record<Column, (a: Row, b: Row) => number> = {
    state: (a, b) => a.rank - b.rank,
    name: (a, b) => a.name.localeCompare(b.name),
    scheduled: (a, b) => a.scheduled.localeCompare(b.scheduled),
    actual: (a, b) => a.actual.localeCompare(b.actual),
    since: (a, b) => (a.sinceMs ?? Number.POSITIVE_INFINITY) - (b.sinceMs ?? Number.POSITIVE_INFINITY),
  };
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => sign * by[column](a, b) || worst(a, b));
}

/** News of one agent, as the vendor's topic tells it: other than the listing it says `adherenceChangeTime`. */
export type AdherenceNews = Adherence & { adherenceChangeTime?: string | null };

/** The board after news of one agent, which tell all there is to tell of them but their name. */
export function withNews(board: Adherence[], news: AdherenceNews): Adherence[] {
  const { adherenceChangeTime, ...said } = news;
  const id = said.user?.id;
  if (id === undefined) return board;
  const before = board.find(({ user }) => user?.id === id);
  const others = board.filter((each) => each !== before);
  if (said.removedFromManagementUnit) return others;
  const user = { ...before?.user, ...said.user, id };
  return [...others, { ...said, user, timeOfAdherenceChange: adherenceChangeTime ?? null }];
}
