import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { usePhone, useServices } from '../app/services';
import type { Api } from '../foundation/api';
import { readAgainIn } from '../foundation/queries';
import { useWritten } from '../messaging/queries';
import type { Annotation, AnnotationDraft, Peaks, Reasons, Recordings, RecordingTimeline } from '../wire/api';
import { type Note, notesOf } from './notes';
import { type Leg, type RecordedCall, recordedCalls } from './recorded';
import { marksOf } from './timeline';

export const REASONS = ['recording reasons'] as const;
const SHOWN = 20;
const BEING_FINISHED_MS = 3_000;
/** The end of one's own call is heard; this is for calls that go on among others. */
const BEING_MADE_MS = 15_000;

/** The recordings of one's latest calls, with all their legs. Read again while one is being finished. */
export function useRecordedCalls(userId: string | undefined) {
  const { api } = useServices();
  const queries = useQueryClient();
  const { calls } = usePhone();
  const live = calls
    .filter(({ phase }) => phase === 'talking' || phase === 'wrapup')
    .map(({ id, phase }) => id + phase);
  const written = useWritten().data?.map(({ id, phase }) => id + phase) ?? [];
  const marks = [...live, ...written].join();
  // A recording begins and ends with its call, or with what is written.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the marks are the reason to look, not what is looked for.
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: ['recordings'] });
  }, [queries, marks]);
  return useQuery({
    queryKey: ['recordings', userId],
    enabled: userId !== undefined,
    queryFn: async ({ signal }) => {
      const { calls: found } = await readCalls(api, `userId=${userId}&pageSize=${SHOWN}`, signal);
      return found;
    },
    refetchInterval: ({ state }) => {
      const states = state.data?.map((call) => call.state) ?? [];
      if (states.includes('stopping')) return BEING_FINISHED_MS;
      return states.includes('open') ? BEING_MADE_MS : readAgainIn('none', { state });
    },
  });
}

/** Recorded conversations that a query names, with all legs of each, and how many recordings it names. */
async function readCalls(api: Api, query: string, signal: AbortSignal) {
  const named = await api.get<Recordings>(`/shiftline/recordings?${query}`, signal);
  const ids = [...new Set(named.entities.map(({ conversationId }) => conversationId))];
  if (ids.length === 0) return { calls: [], total: named.total };
  const all = await api.get<Recordings>(
    `/shiftline/recordings?conversationId=${ids.map(encodeURIComponent).join()}&pageSize=100`,
    signal,
  );
  return { calls: recordedCalls(all.entities), total: named.total };
}

/** The recordings of everybody that a query names, page by page. */
export function useFoundCalls(query: string, page: number) {
  const { api } = useServices();
  return useQuery({
    queryKey: ['recordings', 'found', query, page],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => readCalls(api, `${query}&pageSize=${SHOWN}&pageNumber=${page}`, signal),
    refetchInterval: (each) => readAgainIn('unheard', each),
  });
}

export const FOUND_ON_A_PAGE = SHOWN;

const NOTES = 'recording notes';

/** What people noted on the legs of a call. */
export function useNotes({ conversationId, legs }: RecordedCall) {
  const { api } = useServices();
  return useQuery({
    queryKey: [NOTES, conversationId],
    queryFn: async ({ signal }) => {
      const read = await Promise.all(
        legs.map(({ id }) =>
          api.get<Annotation[]>(`/conversations/${conversationId}/recordings/${id}/annotations`, signal),
        ),
      );
      return notesOf(legs.map((leg, index) => ({ leg, annotations: read[index] ?? [] })));
    },
  });
}

export function useAddNote({ conversationId }: RecordedCall) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ legId, ...draft }: AnnotationDraft & { legId: string }) =>
      api.post<Annotation>(`/conversations/${conversationId}/recordings/${legId}/annotations`, draft),
    onSettled: () => queries.invalidateQueries({ queryKey: [NOTES, conversationId] }),
  });
}

export function useRemoveNote({ conversationId }: RecordedCall) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, legId }: Note) =>
      api.delete(`/conversations/${conversationId}/recordings/${legId}/annotations/${id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: [NOTES, conversationId] }),
  });
}

/** The legs' waveforms; not asked for before a reason is given where one is needed. */
export function usePeaks(legs: Leg[], reason: string | null) {
  const { api } = useServices();
  return useQuery({
    queryKey: ['peaks', reason, ...legs.map(({ id }) => id)],
    enabled: reason !== null || !legs.some(({ reasonRequired }) => reasonRequired),
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      Promise.all(
        legs.map(({ id }) => api.get<Peaks>(`/shiftline/recordings/${id}/peaks?${why(reason)}`, signal)),
      ),
  });
}

/** What lies on the legs' time lines. */
export function useMarks(legs: Leg[]) {
  const { api } = useServices();
  return useQuery({
    queryKey: ['recording events', ...legs.map(({ id }) => id)],
    queryFn: async ({ signal }) => {
      const read = await Promise.all(
        legs.map(({ id }) => api.get<RecordingTimeline>(`/shiftline/recordings/${id}/events`, signal)),
      );
      return marksOf(legs.map(({ place }, index) => ({ place, events: read[index]?.entities ?? [] })));
    },
  });
}

/** For which reasons a recording may be heard. */
export function useReasons(isNeeded: boolean) {
  const { api } = useServices();
  return useQuery({
    queryKey: REASONS,
    enabled: isNeeded,
    queryFn: ({ signal }) => api.get<Reasons>('/shiftline/recordings/reasons', signal),
  });
}

/** The reason as part of an address. */
export function why(reason: string | null): string {
  return reason === null ? '' : `reason=${encodeURIComponent(reason)}`;
}
