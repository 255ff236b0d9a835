import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useServices } from '../app/services';
import { type Api, Refusal } from '../foundation/api';
import { readAgainIn } from '../foundation/queries';
import { useMe } from '../identity/queries';
import { DAY, type Offsets, offsetsFromBrowser } from '../schedule/offsets';
import { useUnit } from '../schedule/queries';
import type {
  AgentManagementUnit,
  Assertion,
  AssertionDraft,
  Assertions,
  Attempt,
  Attempts,
  BusinessUnit,
  Decision,
  Difference,
  Propagation,
  ReasonText,
  ReasonTexts,
  Remedy,
  Simulation,
  Timeline,
  Trial,
} from '../wire/api';
import { differenceQuery, timelineQuery, type WhySearch, whyPath } from './asking';
import { useSettled } from './choices';

export const ACCESS = ['access'] as const;
/** Each answer is of the instant at which it was asked for, and is kept by the server: it is asked for again by whoever wants it. */
const ONCE = { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false } as const;

/** Has all answers asked for again: at once those that are shown, if they are asked for; the others when they are shown. */
export function useAskAgain() {
  const queries = useQueryClient();
  return (isShown: boolean) =>
    queries.invalidateQueries({ queryKey: ACCESS, refetchType: isShown ? 'active' : 'none' });
}

export function useWhy(asked: WhySearch) {
  const { api } = useServices();
  const path = whyPath(asked);
  return useQuery({
    queryKey: [...ACCESS, 'why', path],
    ...ONCE,
    queryFn: ({ signal }) => api.get<Decision>(path, signal),
  });
}

/** What was decided on somebody's attempts of the last day, newest first. */
export function useAttempts(user: string | undefined) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...ACCESS, 'attempts', user ?? 'me'],
    queryFn: async ({ signal }): Promise<Attempt[]> => {
      const person = encodeURIComponent(user ?? 'me');
      return (await api.get<Attempts>(`/shiftline/access/attempts?userId=${person}`, signal)).entities;
    },
    refetchInterval: (query) => readAgainIn('unheard', query),
  });
}

/** A decision that was made, with what the client itself logged around it. */
export function useDecision(id: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: ['access decision', id],
    ...ONCE,
    queryFn: ({ signal }) =>
      api.get<Attempt>(`/shiftline/access/decisions/${encodeURIComponent(id)}`, signal),
  });
}

/** Codes in whose pages some words stand; all where there are none. */
export function useReasons(text: string) {
  const { api } = useServices();
  const words = useSettled(text.trim());
  return useQuery({
    queryKey: ['reasons', words],
    ...ONCE,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ q: words });
      return (await api.get<ReasonTexts>(`/shiftline/access/reasons?${query}`, signal)).entities;
    },
  });
}

/** What is written of a code. */
export function useReason(code: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: ['reason', code],
    ...ONCE,
    queryFn: ({ signal }) =>
      api.get<ReasonText>(`/shiftline/access/reasons/${encodeURIComponent(code)}`, signal),
  });
}

export function useDifference(asked: WhySearch & { from: string }) {
  const { api } = useServices();
  const query = differenceQuery(asked);
  return useQuery({
    queryKey: [...ACCESS, 'difference', query],
    ...ONCE,
    queryFn: ({ signal }) => api.get<Difference>(`/shiftline/access/difference?${query}`, signal),
  });
}

export function useTimeline(asked: WhySearch & { from: string }) {
  const { api } = useServices();
  const query = timelineQuery(asked);
  return useQuery({
    queryKey: [...ACCESS, 'timeline', query],
    ...ONCE,
    queryFn: ({ signal }) => api.get<Timeline>(`/shiftline/access/timeline?${query}`, signal),
  });
}

/** How long news took lately. */
export function usePropagation() {
  const { api } = useServices();
  return useQuery({
    queryKey: ['propagation'],
    queryFn: ({ signal }) => api.get<Propagation>('/shiftline/access/propagation', signal),
    refetchInterval: (query) => readAgainIn('unheard', query),
  });
}

/** Does what a remedy says, and asks again. */
export function useRemedy() {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ method, path, body }: NonNullable<Remedy['operation']>) =>
      perform(api, method.toUpperCase(), path.replace(/^\/api\/v2(?=\/)/, ''), body ?? undefined),
    onSettled: () => queries.invalidateQueries({ queryKey: ACCESS }),
  });
}

function perform(api: Api, method: string, path: string, body: unknown): Promise<unknown> {
  switch (method) {
    case 'POST':
      return api.post(path, body);
    case 'PUT':
      return api.put(path, body);
    case 'PATCH':
      return api.patch(path, body);
    case 'DELETE':
      return api.delete(path);
    default:
      return Promise.reject(new Error(`This page does not know how to do ${method} ${path}.`));
  }
}

export function useSimulate() {
  const { api } = useServices();
  return useMutation({
    mutationFn: (trial: Trial) => api.post<Simulation>('/shiftline/access/simulate', trial),
  });
}

const ASSERTIONS = [...ACCESS, 'assertions'] as const;
const EVERY_MS = 60_000;

export function useAssertions() {
  const { api } = useServices();
  return useQuery({
    queryKey: ASSERTIONS,
    refetchInterval: EVERY_MS,
    queryFn: ({ signal }) => api.get<Assertions>('/shiftline/access/assertions', signal),
  });
}

/** Asserts something: anew without an id. */
export function useAssert(id: string | null) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (draft: AssertionDraft) =>
      id === null
        ? api.post<Assertion>('/shiftline/access/assertions', draft)
        : api.put<Assertion>(`/shiftline/access/assertions/${id}`, draft),
    onSettled: () => queries.invalidateQueries({ queryKey: ASSERTIONS }),
  });
}

export function useAssertNoMore() {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.delete(`/shiftline/access/assertions/${id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ASSERTIONS }),
  });
}

/** Zones in which times may be read: one's own first, then that of the person who is asked about. */
export function useZones(user: string | undefined): { zone: string | null; theirs: string | null } {
  const { api } = useServices();
  const meId = useMe().data?.id;
  const unit = useUnit().data;
  const isOther = user !== undefined && meId !== undefined && user !== meId;
  const { data: theirs } = useQuery({
    queryKey: ['zone of', user],
    enabled: isOther,
    staleTime: 600_000,
    // Whoever is in no unit, or may not be read, is asked about in the reader's zone.
    queryFn: async ({ signal }) => {
      try {
        const place = await api.get<AgentManagementUnit>(
          `/workforcemanagement/agents/${user}/managementunit`,
          signal,
        );
        const path = `/workforcemanagement/businessunits/${place.businessUnit.id}?expand=settings`;
        return (await api.get<BusinessUnit>(path, signal)).settings?.timeZone ?? null;
      } catch (error) {
        if (error instanceof Refusal && error.status < 500) return null;
        throw error;
      }
    },
  });
  const zone = unit ? (unit.timeZone ?? 'UTC') : null;
  return { zone, theirs: isOther && theirs != null && theirs !== zone ? theirs : null };
}

export function useOffsets(zone: string): Offsets {
  const { clock } = useServices();
  return useMemo(() => {
    const now = clock.now();
    return offsetsFromBrowser(zone, now - 400 * DAY, now + 400 * DAY);
  }, [zone, clock]);
}
