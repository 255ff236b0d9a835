import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices } from '../app/services';
import type { Choice } from '../design/fields';
import { readAgainIn } from '../foundation/queries';
import type {
  Deletions,
  ExportDraft,
  Hold,
  HoldDraft,
  Holds,
  Keeping,
  LegalExport,
  LegalExports,
  Matter,
  MatterDraft,
  Matters,
  QueueNames,
  UserNames,
} from '../wire/api';
import { isUnderWay } from './exports';
import { isMoving } from './legal';

export const LEGAL = ['legal'] as const;
const MOVING_MS = 1_500;
const SHOWN = 100;
const MOST = 500;
const NO_CHOICES = { people: [], queues: [] };

/** Matters, latest first. Read again soon while one is being closed. */
export function useMatters() {
  const { api } = useServices();
  return useQuery({
    queryKey: [...LEGAL, 'matters'],
    queryFn: ({ signal }) => api.get<Matters>(`/shiftline/matters?pageSize=${SHOWN}`, signal),
    refetchInterval: (query) =>
      query.state.data?.entities.some(isMoving) ? MOVING_MS : readAgainIn('unheard', query),
  });
}

/** A matter's holds, latest first. Read again soon while one looks for what it is to take. */
export function useHolds(matterId: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...LEGAL, 'holds', matterId],
    queryFn: ({ signal }) => api.get<Holds>(`/shiftline/matters/${matterId}/holds?pageSize=${SHOWN}`, signal),
    refetchInterval: (query) =>
      query.state.data?.entities.some(({ state }) => state === 'running')
        ? MOVING_MS
        : readAgainIn('unheard', query),
  });
}

/** Deletions that are marked: those that wait for a second person, and those that wait for the end of their grace. */
export function useDeletions() {
  const { api } = useServices();
  return useQuery({
    queryKey: [...LEGAL, 'deletions'],
    queryFn: ({ signal }) =>
      api.get<Deletions>(`/shiftline/recordingdeletions?state=marked&pageSize=${SHOWN}`, signal),
    refetchInterval: (query) => readAgainIn('unheard', query),
  });
}

/** Legal exports, latest first. Read again soon while one is under way. */
export function useExports() {
  const { api } = useServices();
  return useQuery({
    queryKey: [...LEGAL, 'exports'],
    queryFn: ({ signal }) => api.get<LegalExports>(`/shiftline/discovery/exports?pageSize=${SHOWN}`, signal),
    refetchInterval: (query) =>
      query.state.data?.entities.some(isUnderWay) ? MOVING_MS : readAgainIn('unheard', query),
  });
}

/** The people and queues by which recordings may be chosen, as far as one may see them. */
export function useChoices(): { people: Choice[]; queues: Choice[] } {
  const { api } = useServices();
  const { data } = useQuery({
    queryKey: [...LEGAL, 'choices'],
    staleTime: 600_000,
    queryFn: async ({ signal }) => {
      // Whoever may not see the one may still choose by the other.
      const none = () => ({ entities: [] });
      const [people, queues] = await Promise.all([
        api.get<UserNames>(`/users?pageSize=${MOST}`, signal).catch(none),
        api.get<QueueNames>(`/routing/queues?pageSize=${MOST}`, signal).catch(none),
      ]);
      return { people: people.entities, queues: queues.entities };
    },
  });
  return data ?? NO_CHOICES;
}

/** What keeps a recording. */
export function useKeeping(recordingId: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...LEGAL, 'keeping', recordingId],
    queryFn: ({ signal }) => api.get<Keeping>(`/shiftline/recordings/${recordingId}/keeping`, signal),
  });
}

/** Something is done to matters, holds or deletions, and all of them are read again. */
function useLegal<Asked, Answer>(
  ask: (api: ReturnType<typeof useServices>['api'], asked: Asked) => Promise<Answer>,
) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: Asked) => ask(api, asked),
    onSettled: () => queries.invalidateQueries({ queryKey: LEGAL }),
  });
}

export const useOpenMatter = () =>
  useLegal((api, draft: MatterDraft) => api.post<Matter>('/shiftline/matters', draft));

export const useHold = (matterId: string) =>
  useLegal((api, draft: HoldDraft) => api.post<Hold>(`/shiftline/matters/${matterId}/holds`, draft));

export const useCloseMatter = (matterId: string) =>
  useLegal((api, reason: string) => api.post<Matter>(`/shiftline/matters/${matterId}/close`, { reason }));

export const usePauseHold = () =>
  useLegal((api, { id, matterId }: Hold) =>
    api.post<Hold>(`/shiftline/matters/${matterId}/holds/${id}/pause`, {}),
  );

export const useResumeHold = () =>
  useLegal((api, { id, matterId }: Hold) =>
    api.post<Hold>(`/shiftline/matters/${matterId}/holds/${id}/resume`, {}),
  );

export const useApprove = () =>
  useLegal((api, id: string) =>
    api.post<Deletions>('/shiftline/recordingdeletions/approvals', { deletionIds: [id] }),
  );

export const useWithdraw = () =>
  useLegal((api, { id, reason }: { id: string; reason: string }) =>
    api.post<Deletions>('/shiftline/recordingdeletions/withdrawals', { deletionIds: [id], reason }),
  );

export const useMark = () =>
  useLegal((api, asked: { recordingIds: string[]; reason: string }) =>
    api.post<Deletions>('/shiftline/recordingdeletions', asked),
  );

export const useBeginExport = () =>
  useLegal((api, draft: ExportDraft) => api.post<LegalExport>('/shiftline/discovery/exports', draft));

export const usePauseExport = () =>
  useLegal((api, id: string) => api.post<LegalExport>(`/shiftline/discovery/exports/${id}/pause`, {}));

export const useResumeExport = () =>
  useLegal((api, id: string) => api.post<LegalExport>(`/shiftline/discovery/exports/${id}/resume`, {}));

export const useCancelExport = () =>
  useLegal((api, id: string) => api.post<LegalExport>(`/shiftline/discovery/exports/${id}/cancel`, {}));
