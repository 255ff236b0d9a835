import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { usePhone, useServices } from '../app/services';
import { readAgainIn } from '../foundation/queries';
import { useWritten } from '../messaging/queries';
import type { Peaks, Reasons, Recordings, RecordingTimeline } from '../wire/api';
import { type Leg, recordedCalls } from './recorded';
import { marksOf } from './timeline';

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
      const own = await api.get<Recordings>(
        `/shiftline/recordings?userId=${userId}&pageSize=${SHOWN}`,
        signal,
      );
      const ids = [...new Set(own.entities.map(({ conversationId }) => conversationId))];
      if (ids.length === 0) return [];
      const all = await api.get<Recordings>(
        `/shiftline/recordings?conversationId=${ids.join()}&pageSize=100`,
        signal,
      );
      return recordedCalls(all.entities);
    },
    refetchInterval: ({ state }) => {
      const states = state.data?.map((call) => call.state) ?? [];
      if (states.includes('stopping')) return BEING_FINISHED_MS;
      return states.includes('open') ? BEING_MADE_MS : readAgainIn('none', { state });
    },
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
    queryKey: ['recording reasons'],
    enabled: isNeeded,
    queryFn: ({ signal }) => api.get<Reasons>('/shiftline/recordings/reasons', signal),
  });
}

/** The reason as part of an address. */
export function why(reason: string | null): string {
  return reason === null ? '' : `reason=${encodeURIComponent(reason)}`;
}
