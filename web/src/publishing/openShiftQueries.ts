import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices, useSoftphone, useTopic } from '../app/services';
import { readAgainIn } from '../foundation/queries';
import type {
  ManagementUnit,
  OpenShiftChange,
  OpenShiftDraft,
  PlannedOpenShift,
  PublishedSchedule,
} from '../wire/api';
import { orderOpenShifts } from './openShifts';
import { PLAN } from './queries';

/** The open shifts of a unit in one week of a schedule, in whatever state. Read once, then when there is news of one. */
export function usePlannedOpenShifts(unit: ManagementUnit, schedule: PublishedSchedule, weekStart: string) {
  const { api } = useServices();
  const queries = useQueryClient();
  const news = useSoftphone().name === 'ready' ? 'heard' : 'unheard';
  const queryKey = [...PLAN, 'open-shifts', schedule.id, unit.id];
  useTopic(`v2.shiftline.workforcemanagement.businessunits.${unit.businessUnit.id}.openshifts`, () => {
    void queries.invalidateQueries({ queryKey: [...PLAN, 'open-shifts'] });
  });
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<PlannedOpenShift[]> => {
      const listing = await api.get<{ entities: PlannedOpenShift[] }>(
        `/shiftline/schedules/${schedule.id}/openshifts?managementUnitId=${unit.id}`,
        signal,
      );
      return listing.entities;
    },
    select: (found) => orderOpenShifts(found.filter(({ weekDate }) => weekDate === weekStart)),
    refetchInterval: (query) => readAgainIn(news, query),
  });
}

/** Leaves a new shift open. */
export function useLeaveOpen(schedule: PublishedSchedule) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (draft: OpenShiftDraft) =>
      api.post<PlannedOpenShift>(`/shiftline/schedules/${schedule.id}/openshifts`, draft),
    onSettled: () => queries.invalidateQueries({ queryKey: [...PLAN, 'open-shifts'] }),
  });
}

/** Withdraws one at the version that was read. */
export function useWithdrawOpen() {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, metadata }: PlannedOpenShift) =>
      api.patch<PlannedOpenShift>(`/shiftline/workforce/openshifts/${id}`, {
        metadata: { version: metadata.version },
        state: 'Withdrawn',
      } satisfies OpenShiftChange),
    onSettled: () => queries.invalidateQueries({ queryKey: [...PLAN, 'open-shifts'] }),
  });
}
