import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices, useSoftphone, useTopic } from '../app/services';
import { readAgainIn } from '../foundation/queries';
import { TRADES } from '../trades/queries';
import type { ManagementUnit, OpenShift, OpenShiftReview } from '../wire/api';

const CLAIMS = [...TRADES, 'claims'] as const;

/** The claims of a business unit's open shifts that wait for a review, with what every rule says of them now. */
export function useClaims(unit: ManagementUnit) {
  const { api } = useServices();
  const queries = useQueryClient();
  const news = useSoftphone().name === 'ready' ? 'heard' : 'unheard';
  const unitId = unit.businessUnit.id;
  useTopic(`v2.shiftline.workforcemanagement.businessunits.${unitId}.openshifts`, () => {
    void queries.invalidateQueries({ queryKey: CLAIMS });
  });
  return useQuery({
    queryKey: [...CLAIMS, unitId],
    queryFn: async ({ signal }): Promise<OpenShift[]> => {
      const listing = await api.get<{ entities: OpenShift[] }>(
        `/shiftline/workforce/businessunits/${unitId}/openshifts/claims`,
        signal,
      );
      return listing.entities;
    },
    refetchInterval: (query) => readAgainIn(news, query),
  });
}

/** Approves a claim, or denies it, at the version that was read. */
export function useClaimReview() {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ claim, state }: { claim: OpenShift; state: OpenShiftReview['state'] }) =>
      api.post<OpenShift>(`/shiftline/workforce/openshifts/${claim.id}/review`, {
        state,
        metadata: { version: claim.metadata.version },
      } satisfies OpenShiftReview),
    onSettled: () => queries.invalidateQueries({ queryKey: TRADES }),
  });
}
