import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices, useSoftphone, useTopic } from '../app/services';
import { everyMs, readAgainIn } from '../foundation/queries';
import { useMe, useNames } from '../identity/queries';
import { type Unit, useShiftsAhead, useUnit, useZoneOffsets } from '../schedule/queries';
import type {
  Opening,
  OpeningSearch,
  Trade,
  TradeChange,
  TradeJob,
  TradeOffer,
  TradeQuery,
  TradeTaking,
} from '../wire/api';
import type { Reader } from './trades';

export const TRADES = ['trades'] as const;
/** Nobody is told of offers to all. */
const OPENINGS_MS = 30_000;

/** One's own trades, offered and taken. Read once, then when there is news of one of them. */
export function useMyTrades() {
  const { api } = useServices();
  const news = useSoftphone().name === 'ready' ? 'heard' : 'unheard';
  useTradeNews();
  return useQuery({
    queryKey: [...TRADES, 'mine'],
    queryFn: async ({ signal }): Promise<Trade[]> => {
      const job = await api.post<TradeJob>(
        '/workforcemanagement/shifttrading/trades/mine/query/jobs',
        {} satisfies TradeQuery,
        signal,
      );
      return job.queryAgentTradesResult?.entities ?? [];
    },
    refetchInterval: (query) => readAgainIn(news, query),
  });
}

/** Both sides of a match are told of it, the target of an offer, and whoever reviews; a changed week may break any of them. */
export function useTradeNews(): void {
  const queries = useQueryClient();
  const meId = useMe().data?.id;
  const renew = () => void queries.invalidateQueries({ queryKey: TRADES });
  useTopic(meId ? `v2.users.${meId}.workforcemanagement.notifications` : null, renew);
  useTopic(meId ? `v2.users.${meId}.workforcemanagement.schedules` : null, renew);
}

/** The offers that one could take, for nothing or for one of one's own shifts, each with what the rules say. */
export function useOpenings(unit: Unit | undefined) {
  const { api } = useServices();
  const own = useShiftsAhead().data;
  const unitId = unit?.id ?? null;
  return useQuery({
    queryKey: [...TRADES, 'openings', unitId, own?.map(({ id }) => id).join()],
    enabled: unitId !== null && own !== undefined,
    queryFn: async ({ signal }): Promise<Opening[]> => {
      const job = await api.post<TradeJob>(
        `/workforcemanagement/businessunits/${unitId}/shifttrading/unmatched/search/jobs`,
        { receivingShiftIds: (own ?? []).map(({ id }) => id) } satisfies OpeningSearch,
        signal,
      );
      return job.searchUnmatchedTradesResult?.trades ?? [];
    },
    refetchInterval: (query) => everyMs(OPENINGS_MS)(query),
  });
}

/** Who reads, with the names of some people. Null until it is known. */
export function useReader(people: Iterable<string>): Reader | null {
  const me = useMe().data;
  const zone = useUnit().data?.timeZone ?? 'UTC';
  const offsets = useZoneOffsets();
  const names = useNames(people);
  return me && offsets ? { meId: me.id, names, zone, offsets } : null;
}

/** Whatever was tried, the lists show what is true now. */
function useRenewed() {
  const queries = useQueryClient();
  return {
    onSettled: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: TRADES }),
        queries.invalidateQueries({ queryKey: ['schedule', 'week'] }),
      ]);
    },
  };
}

export function useOffer() {
  const { api } = useServices();
  return useMutation({
    mutationFn: (offer: TradeOffer) =>
      api.post<TradeJob>('/workforcemanagement/shifttrading/trades/jobs', offer),
    ...useRenewed(),
  });
}

/** Takes an offer; what stands against it comes in the answer, and the offer is then as it was. */
export function useTake() {
  const { api } = useServices();
  return useMutation({
    mutationFn: async ({ trade, shift }: { trade: Trade; shift: GivenShift | null }) => {
      const given = shift
        ? { receivingShiftId: shift.id, receivingSchedule: shift.schedule ? { id: shift.schedule.id } : null }
        : {};
      const job = await api.post<TradeJob>(
        `/workforcemanagement/shifttrading/trades/${trade.id}/match/jobs`,
        {
          metadata: { version: trade.metadata.version },
          ...given,
        } satisfies TradeTaking,
      );
      return job.matchTradeResult;
    },
    ...useRenewed(),
  });
}

export interface GivenShift {
  id: string;
  schedule: { id: string } | null;
}

export function useWithdraw() {
  const { api } = useServices();
  return useMutation({
    mutationFn: async ({ id, metadata }: Trade) => {
      const job = await api.post<TradeJob>(`/workforcemanagement/shifttrading/trades/${id}/state/jobs`, {
        state: 'Canceled',
        metadata: { version: metadata.version },
      } satisfies TradeChange);
      const failure = job.updateTradeStateResult?.failureSentence;
      if (failure) throw new Error(failure);
    },
    ...useRenewed(),
  });
}
