import { addDays, type Offsets } from '../schedule/offsets';
import { type Axis, axisOf, type DayLayout, layOutWeek } from '../schedule/week';
import type { ActivityCode, AgentChange, AgentPart, Shift, ShiftShown } from '../wire/api';

/** A shift as it stands, or as a draft would have it. */
export interface PlannedShift {
  shift: Shift;
  /** The draft makes it; only once it is published has it an id to be changed by. */
  isNew: boolean;
}

export interface AgentRow {
  id: string;
  name: string;
  day: DayLayout;
  isDrafted: boolean;
}

/** What an agent would have after a draft. */
export function shiftsAfter(shifts: Shift[], change: AgentChange | undefined): PlannedShift[] {
  const kept = new Map<string, PlannedShift>(shifts.map((shift) => [shift.id, { shift, isNew: false }]));
  for (const { before, after } of change?.shifts ?? []) {
    const standing = before ? kept.get(before.id)?.shift : undefined;
    if (before) kept.delete(before.id);
    if (after) kept.set(after.id, { shift: shiftOf(after, standing), isNew: !before });
  }
  return [...kept.values()].sort((a, b) => a.shift.startDate.localeCompare(b.shift.startDate));
}

function shiftOf(shown: ShiftShown, standing: Shift | undefined): Shift {
  return {
    ...shown,
    schedule: standing?.schedule ?? null,
    swapReason: standing?.swapReason ?? null,
    activities: shown.activities,
  };
}

/** One page of agents on one day. */
export interface BoardInput {
  agents: { id: string; name: string }[];
  parts: ReadonlyMap<string, AgentPart>;
  changes: ReadonlyMap<string, AgentChange>;
  date: string;
  offsets: Offsets;
  codes: ActivityCode[];
  nowMs: number;
}

export function layOutBoard(input: BoardInput): { rows: AgentRow[]; axis: Axis } {
  const rows = input.agents.map(({ id, name }): AgentRow => {
    const part = input.parts.get(id);
    const change = input.changes.get(id);
    const week = layOutWeek({
      ...input,
      weekStart: input.date,
      shifts: shiftsAfter(part?.shifts ?? [], change).map(({ shift }) => shift),
      markers: part?.fullDayTimeOffMarkers ?? [],
      timeOff: [],
    });
    const day = week.days[0];
    if (!day) throw new Error('A week has days.');
    return { id, name, day, isDrafted: change !== undefined };
  });
  return { rows, axis: axisOf(rows.map(({ day }) => day)) };
}

export const PAGE = 50;

/** The agents that a search finds, by name. */
export function findAgents(
  ids: string[],
  names: ReadonlyMap<string, string>,
  text: string,
): { id: string; name: string }[] {
  const wanted = text.trim().toLowerCase();
  return ids
    .map((id) => ({ id, name: names.get(id) ?? 'An agent' }))
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

export function pageOf<Each>(all: Each[], page: number): { shown: Each[]; page: number; pages: number } {
  const pages = Math.max(1, Math.ceil(all.length / PAGE));
  const at = Math.min(Math.max(0, page), pages - 1);
  return { shown: all.slice(at * PAGE, (at + 1) * PAGE), page: at, pages };
}

export const datesOf = (weekStart: string) =>
  Array.from({ length: 7 }, (_, index) => addDays(weekStart, index));
