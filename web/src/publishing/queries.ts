import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices, useSoftphone, useTopic } from '../app/services';
import { Refusal } from '../foundation/api';
import { readAgainIn } from '../foundation/queries';
import type {
  AgentPart,
  BusinessUnit,
  Comparison,
  Edits,
  EditsAnswer,
  ManagementUnit,
  Parts,
  PartsQuery,
  PublishedSchedule,
  Republished,
  Republishing,
  Revisions,
  Schedules,
  UnitUsers,
} from '../wire/api';
import { bodyOf, type Draft } from './draft';

export const PLAN = ['publishing'] as const;

const useNewsState = () => (useSoftphone().name === 'ready' ? 'heard' : 'unheard');

/** The zone and the first day of the week in which a unit is planned. */
export function usePlanning(unit: ManagementUnit) {
  const { api } = useServices();
  return useQuery({
    queryKey: ['planning', unit.businessUnit.id],
    staleTime: 600_000,
    queryFn: async ({ signal }) => {
      const found = await api.get<BusinessUnit>(
        `/workforcemanagement/businessunits/${unit.businessUnit.id}?expand=settings`,
        signal,
      );
      const { startDayOfWeek, timeZone } = found.settings ?? {};
      return { firstDay: startDayOfWeek ?? 'Monday', timeZone: timeZone ?? unit.timeZone };
    },
  });
}

/** The schedule in force over a week; null where there is none. */
export function usePublished(unit: ManagementUnit, weekStart: string | null) {
  const { api } = useServices();
  const queries = useQueryClient();
  const news = useNewsState();
  const { id } = unit.businessUnit;
  useTopic(`v2.workforcemanagement.businessunits.${id}.schedules`, () => {
    void queries.invalidateQueries({ queryKey: PLAN });
  });
  return useQuery({
    queryKey: [...PLAN, 'in-force', id, weekStart],
    enabled: weekStart !== null,
    queryFn: async ({ signal }): Promise<PublishedSchedule | null> => {
      const listing = await api.get<Schedules>(
        `/workforcemanagement/businessunits/${id}/weeks/${weekStart}/schedules?includeOnlyPublished=true`,
        signal,
      );
      return listing.entities.find((each) => covers(each, weekStart ?? '')) ?? null;
    },
    refetchInterval: (query) => readAgainIn(news, query),
  });
}

const WEEK_MS = 7 * 86_400_000;

function covers({ weekDate, weekCount, published }: PublishedSchedule, weekStart: string): boolean {
  const [from, at] = [Date.parse(weekDate), Date.parse(weekStart)];
  return published && from <= at && at < from + weekCount * WEEK_MS;
}

/** The agents of a unit, by their ids. */
export function useAgents(unit: ManagementUnit) {
  const { api } = useServices();
  return useQuery({
    queryKey: ['planning', 'agents', unit.id],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const users = await api.get<UnitUsers>(`/workforcemanagement/managementunits/${unit.id}/users`, signal);
      return users.entities.map(({ id }) => id);
    },
  });
}

/** What some agents have in a schedule. Who has nothing is left out. */
export function useParts(unit: ManagementUnit, schedule: PublishedSchedule, agentIds: string[]) {
  const { api } = useServices();
  // Another order, such as by names that come later, asks for nothing else.
  const asked = [...agentIds].sort();
  return useQuery({
    queryKey: [...PLAN, 'parts', schedule.id, unit.id, ...asked],
    enabled: asked.length > 0,
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, AgentPart>> => {
      const answer = await api.post<Parts>(
        `/workforcemanagement/businessunits/${unit.businessUnit.id}/weeks/${schedule.weekDate}/schedules/${schedule.id}/agentschedules/query`,
        { managementUnitId: unit.id, userIds: asked } satisfies PartsQuery,
        signal,
      );
      return new Map(answer.result.agentSchedules.map((part) => [part.user.id, part]));
    },
  });
}

/** What a draft would do to the version that it was made on, while that is the one in force. */
export function usePreview(schedule: PublishedSchedule, draft: Draft | null) {
  const { api } = useServices();
  const queries = useQueryClient();
  const body: Edits | null = draft && { version: draft.version, edits: draft.edits.map(({ edit }) => edit) };
  return useQuery({
    queryKey: [...PLAN, 'preview', schedule.id, body] as const,
    enabled: body !== null && body.version === schedule.metadata.version,
    staleTime: 0,
    // While a draft grows, what was known of it stays on the page; it cannot be published meanwhile.
    placeholderData: (shown: EditsAnswer | undefined, former) =>
      isSameDraft(former?.queryKey[3] ?? null, body) ? shown : undefined,
    queryFn: async ({ signal }) => {
      try {
        return await api.post<EditsAnswer>(`/shiftline/schedules/${schedule.id}/edits/preview`, body, signal);
      } catch (error) {
        if (isStale(error)) void queries.invalidateQueries({ queryKey: [...PLAN, 'in-force'] });
        throw error;
      }
    },
  });
}

function isSameDraft(one: Edits | null, other: Edits | null): boolean {
  if (!one || !other || one.version !== other.version) return false;
  return JSON.stringify(one.edits[0]) === JSON.stringify(other.edits[0]);
}

export interface Publishing {
  draft: Draft;
  /** What the planner saw that it would do. */
  shown: EditsAnswer;
}

/**
 * Publishes a draft. A refusal writes nothing; that of another version has it read. `onDone` is called even where news of the new
 * version came first, or the page was left meanwhile: a draft must not seem to wait when it is in force.
 */
export function usePublish(schedule: PublishedSchedule, onDone: (done: EditsAnswer) => void) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ draft, shown }: Publishing) =>
      api.post<EditsAnswer>(`/shiftline/schedules/${schedule.id}/edits`, bodyOf(draft, shown.breaches)),
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: PLAN }),
  });
}

/** The revisions of a schedule, the latest first. */
export function useRevisions(schedule: PublishedSchedule) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...PLAN, 'revisions', schedule.id, schedule.metadata.version],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await api.get<Revisions>(`/shiftline/schedules/${schedule.id}/revisions`, signal)).entities,
  });
}

/** What two revisions differ in. Revisions never change, so it is read once. */
export function useComparison(scheduleId: string, from: number, to: number) {
  const { api } = useServices();
  return useQuery({
    queryKey: ['compared', scheduleId, from, to],
    enabled: from !== to,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      api.get<Comparison>(
        `/shiftline/schedules/${scheduleId}/revisions/compare?from=${from}&to=${to}`,
        signal,
      ),
  });
}

export function useRepublish(schedule: PublishedSchedule) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ number, reason }: { number: number; reason: string }) =>
      api.post<Republished>(`/shiftline/schedules/${schedule.id}/revisions/${number}/republish`, {
        version: schedule.metadata.version,
        ...(reason.trim() && { reason: reason.trim() }),
      } satisfies Republishing),
    onSettled: () => queries.invalidateQueries({ queryKey: PLAN }),
  });
}

/** Whether something was refused because the schedule is another one now. */
export function isStale(error: unknown): error is Refusal {
  return (
    error instanceof Refusal && error.status === 409 && Boolean(error.body.messageParams?.currentVersion)
  );
}
