import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices, useTopic } from '../app/services';
import { everyMs } from '../foundation/queries';
import { useMe } from '../identity/queries';
import type { OpenShift, OpenShiftTaking } from '../wire/api';
import { TRADES } from './queries';

/** Who has one is told of it; nobody is told of what is left open to all. */
const OPEN_MS = 30_000;

/** The open shifts that one could take or has claimed, and those that a rule refuses. */
export function useOpenShifts() {
  const { api } = useServices();
  const queries = useQueryClient();
  const meId = useMe().data?.id;
  useTopic(meId ? `v2.shiftline.users.${meId}.workforcemanagement.openshifts` : null, () => {
    void queries.invalidateQueries({ queryKey: TRADES });
  });
  return useQuery({
    queryKey: [...TRADES, 'open-shifts'],
    queryFn: async ({ signal }): Promise<OpenShift[]> => {
      const listing = await api.get<{ entities: OpenShift[] }>(
        '/shiftline/workforce/openshifts/mine',
        signal,
      );
      return listing.entities;
    },
    refetchInterval: (query) => everyMs(OPEN_MS)(query),
  });
}

/** Takes an open shift, or gives a claim back. Whatever comes of it, the lists show what is true now. */
export function useOpenShiftStep(step: 'take' | 'release') {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, metadata }: OpenShift) => {
      const wish: OpenShiftTaking = { metadata: { version: metadata.version } };
      return step === 'take'
        ? api.post<OpenShift>(`/shiftline/workforce/openshifts/${id}/take`, wish)
        : api.post<OpenShift>(`/shiftline/workforce/openshifts/${id}/release`, wish);
    },
    onSettled: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: TRADES }),
        queries.invalidateQueries({ queryKey: ['schedule', 'week'] }),
      ]);
    },
  });
}
