import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices } from '../app/services';
import type { Api } from '../foundation/api';
import { readAgainIn } from '../foundation/queries';
import type {
  BatchRequest,
  BatchRequests,
  BatchResults,
  FailedRecordings,
  RecordingJob,
  RecordingJobs,
} from '../wire/api';
import { isMoving } from './jobs';

const JOBS = ['recording jobs'] as const;
const MOVING_MS = 1_500;
export const JOBS_ON_A_PAGE = 25;
export const FAILED_ON_A_PAGE = 25;

/** Recording jobs, latest first; the empty state is any. Read again soon while one goes on. */
export function useJobs(state: string, page: number) {
  const { api } = useServices();
  const wanted = new URLSearchParams({ pageSize: String(JOBS_ON_A_PAGE), pageNumber: String(page) });
  if (state) wanted.set('state', state);
  return useQuery({
    queryKey: [...JOBS, 'all', wanted.toString()],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<RecordingJobs>(`/recording/jobs?${wanted}`, signal),
    refetchInterval: (query) =>
      query.state.data?.entities.some(isMoving) ? MOVING_MS : readAgainIn('unheard', query),
  });
}

/** The recordings for which a job failed, each with why. */
export function useFailed({ id, totalFailedRecordings }: RecordingJob, page: number) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...JOBS, 'failed', id, totalFailedRecordings, page],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.get<FailedRecordings>(
        `/recording/jobs/${id}/failedrecordings?pageSize=${FAILED_ON_A_PAGE}&pageNumber=${page}`,
        signal,
      ),
  });
}

export const BATCHES_ON_A_PAGE = 25;

/** Batch requests, latest first. Read again soon while one is under way. */
export function useBatches(page: number) {
  const { api } = useServices();
  return useQuery({
    queryKey: ['batch requests', page],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.get<BatchRequests>(
        `/shiftline/recording/batchrequests?pageSize=${BATCHES_ON_A_PAGE}&pageNumber=${page}`,
        signal,
      ),
    refetchInterval: (query) =>
      query.state.data?.entities.some(({ status }) => status !== 'Completed')
        ? MOVING_MS
        : readAgainIn('unheard', query),
  });
}

/** What a batch request cannot have, each with why. */
export function useBatchErrors({ id, errorCount }: BatchRequest) {
  const { api } = useServices();
  return useQuery({
    queryKey: ['batch requests', 'errors', id, errorCount],
    queryFn: async ({ signal }) => {
      const { results } = await api.get<BatchResults>(`/recording/batchrequests/${id}`, signal);
      return results.filter(({ errorMsg }) => errorMsg != null);
    },
  });
}

function useAct<Answer>(ask: (api: Api, id: string) => Promise<Answer>) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => ask(api, id),
    onSettled: () => queries.invalidateQueries({ queryKey: JOBS }),
  });
}

/** Cancels a job; one that is over is taken off the list. */
export const useCancelJob = () => useAct((api, id) => api.delete(`/recording/jobs/${id}`));

/** Begins a job that is ready; one that failed goes on where it stood. */
export const useBeginJob = () =>
  useAct((api, id) => api.put<RecordingJob>(`/recording/jobs/${id}`, { state: 'PROCESSING' }));
