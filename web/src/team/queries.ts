import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices, useSoftphone, useTopic } from '../app/services';
import { readAgainIn } from '../foundation/queries';
import { useMe } from '../identity/queries';
import { TRADES, useTradeNews } from '../trades/queries';
import type {
  ActivityCode,
  ActivityCodes,
  Adherence,
  AdherenceListing,
  EvaluatedTrade,
  FiledTimeOff,
  FiledTimeOffs,
  ManagementUnit,
  ManagementUnits,
  TimeOffDecision,
  TimeOffQuery,
  TimeOffStatus,
  TradeEvaluation,
  TradeJob,
  TradeReviews,
  TradeState,
} from '../wire/api';
import { type AdherenceNews, withNews } from './adherence';

const TEAM = ['team'] as const;

/** The management units that one may see into, by name. */
export function useUnits() {
  const { api } = useServices();
  return useQuery({
    queryKey: [...TEAM, 'units'],
    staleTime: 600_000,
    queryFn: async ({ signal }) => {
      const listing = await api.get<ManagementUnits>(
        `/workforcemanagement/managementunits?pageSize=500`,
        signal,
      );
      return listing.entities.sort((a, b) => a.name.localeCompare(b.name));
    },
  });
}

export function useCodes(unit: ManagementUnit) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...TEAM, 'codes', unit.businessUnit.id],
    staleTime: 600_000,
    queryFn: async ({ signal }): Promise<ActivityCode[]> =>
      (
        await api.get<ActivityCodes>(
          `/workforcemanagement/businessunits/${unit.businessUnit.id}/activitycodes`,
          signal,
        )
      ).entities,
  });
}

const useNewsState = () => (useSoftphone().name === 'ready' ? 'heard' : 'unheard');

/** The trades of a unit that wait for a review, with what every rule says of them now. */
export function useTradeReviews(unit: ManagementUnit) {
  const { api } = useServices();
  const queries = useQueryClient();
  const news = useNewsState();
  useTradeNews();
  useTopic(`v2.workforcemanagement.managementunits.${unit.id}.shifttrades.state.bulk`, () => {
    void queries.invalidateQueries({ queryKey: TRADES });
  });
  return useQuery({
    queryKey: [...TRADES, 'reviews', unit.id],
    queryFn: async ({ signal }): Promise<EvaluatedTrade[]> => {
      const job = await api.post<TradeJob>(
        `/workforcemanagement/businessunits/${unit.businessUnit.id}/shifttrading/trades/evaluate/jobs`,
        { managementUnitIds: [unit.id] } satisfies TradeEvaluation,
        signal,
      );
      return job.evaluateTradesResult?.entities ?? [];
    },
    refetchInterval: (query) => readAgainIn(news, query),
  });
}

/** Approves or denies one trade; what cannot be done fails with the server's sentence. */
export function useReview(unit: ManagementUnit) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ trade, state }: { trade: EvaluatedTrade['trade']; state: TradeState }) => {
      const job = await api.post<TradeJob>(
        `/workforcemanagement/businessunits/${unit.businessUnit.id}/shifttrading/trades/state/bulk/jobs`,
        {
          entities: [{ id: trade.id, state, metadata: { version: trade.metadata.version } }],
        } satisfies TradeReviews,
      );
      const failure = job.bulkUpdateTradeStatesResult?.entities[0]?.failureSentence;
      if (failure) throw new Error(failure);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: TRADES }),
  });
}

/** The requests for time off of a unit that wait for a decision, those that were filed first in front. */
export function usePendingTimeOff(unit: ManagementUnit) {
  const { api } = useServices();
  const queries = useQueryClient();
  const news = useNewsState();
  const meId = useMe().data?.id;
  const queryKey = [...TEAM, 'time-off', unit.id];
  // Whoever decides is told of what asks for it, and when it does so no longer.
  useTopic(meId ? `v2.users.${meId}.workforcemanagement.notifications` : null, () => {
    void queries.invalidateQueries({ queryKey });
  });
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<FiledTimeOff[]> => {
      const listing = await api.post<FiledTimeOffs>(
        `/workforcemanagement/managementunits/${unit.id}/timeoffrequests/query`,
        { statuses: ['PENDING'] } satisfies TimeOffQuery,
        signal,
      );
      return listing.entities.sort((a, b) => a.submittedDate.localeCompare(b.submittedDate));
    },
    refetchInterval: (query) => readAgainIn(news, query),
  });
}

export interface TimeOffVerdict {
  request: FiledTimeOff;
  status: Extract<TimeOffStatus, 'APPROVED' | 'DENIED'>;
  notes: string;
}

export function useDecideTimeOff(unit: ManagementUnit) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ request, status, notes }: TimeOffVerdict) =>
      api.patch<FiledTimeOff>(
        `/workforcemanagement/managementunits/${unit.id}/users/${request.user.id}/timeoffrequests/${request.id}`,
        {
          status,
          metadata: { version: request.metadata.version },
          ...(notes !== (request.notes ?? '') && { notes }),
        } satisfies TimeOffDecision,
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: [...TEAM, 'time-off', unit.id] }),
  });
}

/** Whether a unit's agents do what the schedule says: read once, then heard of one by one. */
export function useAdherence(unit: ManagementUnit) {
  const { api } = useServices();
  const queries = useQueryClient();
  const news = useNewsState();
  const queryKey = [...TEAM, 'adherence', unit.id];
  const board = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<Adherence[]> => {
      const listing = await api.get<AdherenceListing>(
        `/workforcemanagement/managementunits/${unit.id}/adherence`,
        signal,
      );
      return listing.entities ?? [];
    },
    refetchInterval: (query) => readAgainIn(news, query),
  });
  const topic = `v2.workforcemanagement.managementunits.${unit.id}.adherence`;
  useTopic(board.isSuccess ? topic : null, (event) => {
    const body = (event as { eventBody?: AdherenceNews }).eventBody;
    if (body) queries.setQueryData(queryKey, (before?: Adherence[]) => before && withNews(before, body));
  });
  return board;
}
