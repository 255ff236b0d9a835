import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices } from '../app/services';
import type { Api } from '../foundation/api';
import { readAgainIn } from '../foundation/queries';
import type {
  Grace,
  PolicyDraft,
  Reasons,
  RecordingPolicies,
  RecordingPolicy,
  Retention,
  RetentionDraft,
} from '../wire/api';
import { REASONS } from './queries';

const POLICIES = ['recording policies'] as const;
const RETENTION = ['recording retention'] as const;

export function usePolicies() {
  const { api } = useServices();
  return useQuery({
    queryKey: [...POLICIES, 'all'],
    queryFn: ({ signal }) => api.get<RecordingPolicies>('/shiftline/recordings/policies', signal),
    refetchInterval: (query) => readAgainIn('unheard', query),
  });
}

/** The policy that holds for a queue, direction and channel; `query`: those, as part of an address. */
export function useEffectivePolicy(query: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...POLICIES, 'effective', query],
    queryFn: ({ signal }) =>
      api.get<RecordingPolicy>(`/shiftline/recordings/policies/effective?${query}`, signal),
  });
}

export function useRetention() {
  const { api } = useServices();
  return useQuery({
    queryKey: [...RETENTION, 'policies'],
    queryFn: ({ signal }) => api.get<Retention>('/shiftline/recordingretention', signal),
    refetchInterval: (query) => readAgainIn('unheard', query),
  });
}

export function useGrace(isWanted: boolean) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...RETENTION, 'grace'],
    enabled: isWanted,
    queryFn: ({ signal }) => api.get<Grace>('/shiftline/recordingdeletions/settings', signal),
  });
}

/** Something is changed, and all that stands under `key` is read again. */
function useChange<Asked, Answer>(key: readonly string[], ask: (api: Api, asked: Asked) => Promise<Answer>) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: Asked) => ask(api, asked),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
}

export const useChangePolicy = () =>
  useChange(POLICIES, (api, draft: PolicyDraft) =>
    api.put<RecordingPolicies>('/shiftline/recordings/policies', draft),
  );

export const useAddPolicy = () =>
  useChange(POLICIES, (api, draft: PolicyDraft) =>
    api.post<RecordingPolicy>('/shiftline/recordings/policies', draft),
  );

export const useRemovePolicy = () =>
  useChange(POLICIES, (api, query: string) => api.delete(`/shiftline/recordings/policies?${query}`));

export const useChangeRetention = () =>
  useChange(RETENTION, (api, draft: RetentionDraft) =>
    api.put<Retention>('/shiftline/recordingretention', draft),
  );

export const useChangeGrace = () =>
  useChange(RETENTION, (api, graceDays: number) =>
    api.put<Grace>('/shiftline/recordingdeletions/settings', { graceDays }),
  );

export const useChangeReasons = () =>
  useChange(REASONS, (api, reasons: Reasons) => api.put<Reasons>('/shiftline/recordings/reasons', reasons));
