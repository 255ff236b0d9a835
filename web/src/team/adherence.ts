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
  /** The smaller, the worse. */
  rank: number;
}

export type Column = 'state' | 'name' | 'scheduled' | 'actual' | 'since';

const STATES: Record<AdherenceState, { rank: number; tone: Tone; text: string }> = {
  OutOfAdherence: { rank: 0, tone: 'bad', text: 'Out of adherence' },
  Unknown: { rank: 2, tone: 'wait', text: 'Not known' },
  Explained: { rank: 3, tone: 'accent', text: 'Explained' },
  Ignored: { rank: 4, tone: 'off', text: 'Not counted' },
  Unscheduled: { rank: 5, tone: 'off', text: 'Not scheduled' },
  InAdherence: { rank: 6, tone: 'good', text: 'In adherence' },
};

export function rowOf(adherence: Adherence, names: ReadonlyMap<string, string>): Row {
  const id = adherence.user?.id ?? '';
  const { rank, ...state } = STATES[adherence.adherenceState ?? 'Unknown'];
  const since = Date.parse(adherence.timeOfAdherenceChange ?? '');
  return {
    id,
    name: adherence.user?.name ?? names.get(id) ?? 'An agent',
    scheduled:
      adherence.scheduledActivityCode?.name || categoryText(adherence.scheduledActivityCategory, 'Nothing'),
    actual: actualText(adherence),
    state: rank === 0 && adherence.impact === 'Positive' ? { ...state, tone: 'wait' } : state,
    sinceMs: Number.isNaN(since) ? null : since,
    // Whoever works though nothing asks for it does less harm than whoever is missing.
    rank: rank === 0 && adherence.impact !== 'Negative' ? 1 : rank,
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

/** The board after news of one agent. */
export function withNews(board: Adherence[], news: AdherenceNews): Adherence[] {
  const id = news.user?.id;
  if (id === undefined) return board;
  const before = board.find(({ user }) => user?.id === id);
  const others = board.filter((each) => each !== before);
  if (news.removedFromManagementUnit) return others;
  const { adherenceChangeTime, ...said } = news;
  const after = {
    ...before,
    ...said,
    user: { ...before?.user, ...news.user, id },
    timeOfAdherenceChange:
      adherenceChangeTime ?? said.timeOfAdherenceChange ?? before?.timeOfAdherenceChange ?? null,
  };
  return [...others, after];
}
