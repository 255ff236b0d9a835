import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices, useSoftphone, useTopic } from '../app/services';
import { readAgainIn } from '../foundation/queries';
import { weekStartOf } from '../schedule/week';
import { TRADES } from '../trades/queries';
import { RINGS, useToday, WEEKS } from '../trades/ringQueries';
import { orderRings } from '../trades/rings';
import type {
  BusinessUnit,
  ManagementUnit,
  Ring,
  RingReview,
  RingSearch,
  RingSearchJob,
  Rings,
} from '../wire/api';

/** The exchanges of a business unit that all of their people have accepted, with what every rule says of them now. */
export function useRingReviews(unit: ManagementUnit) {
  const { api } = useServices();
  const queries = useQueryClient();
  const news = useSoftphone().name === 'ready' ? 'heard' : 'unheard';
  const unitId = unit.businessUnit.id;
  const today = useToday(unit.timeZone);
  useTopic(`v2.shiftline.workforcemanagement.businessunits.${unitId}.tradecycles`, () => {
    void queries.invalidateQueries({ queryKey: RINGS });
  });
  return useQuery({
    queryKey: [...RINGS, 'reviews', unitId, today],
    queryFn: async ({ signal }): Promise<Ring[]> => {
      const found = await api.get<Rings>(
        `/shiftline/workforce/businessunits/${unitId}/weeks/${today}/tradecycles?weekCount=${WEEKS}&state=Accepted`,
        signal,
      );
      return orderRings(found.entities);
    },
    refetchInterval: (query) => readAgainIn(news, query),
  });
}

/** Approves or denies; what no longer holds comes to nothing, and the answer says so. */
export function useRingReview(unit: ManagementUnit) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ ring, state }: { ring: Ring; state: RingReview['state'] }) =>
      api.post<Ring>(
        `/shiftline/workforce/businessunits/${unit.businessUnit.id}/weeks/${ring.weekDate}/tradecycles/${ring.id}/review`,
        { state, metadata: { version: ring.metadata.version } } satisfies RingReview,
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: TRADES }),
  });
}

const ASK_AGAIN_MS = 500;
/** A search ends by itself in half a minute of work; others of the unit may stand in front of it. */
const PATIENCE_MS = 180_000;

/** Lets the worker search this week and the next ones, and waits for what it finds. */
export function useRingSearch(unit: ManagementUnit) {
  const { api } = useServices();
  const queries = useQueryClient();
  const unitId = unit.businessUnit.id;
  const today = useToday(unit.timeZone);
  return useMutation({
    mutationFn: async (): Promise<RingSearchJob> => {
      const whole = await api.get<BusinessUnit>(
        `/workforcemanagement/businessunits/${unitId}?expand=settings`,
      );
      const week = weekStartOf(today, whole.settings?.startDayOfWeek ?? 'Monday');
      let job = await api.post<RingSearchJob>(
        `/shiftline/workforce/businessunits/${unitId}/weeks/${week}/tradecycles/jobs`,
        { weekCount: WEEKS } satisfies RingSearch,
      );
      const until = performance.now() + PATIENCE_MS;
      while (job.status === 'Processing') {
        if (performance.now() > until)
          throw new Error('The search has not ended; what it finds is proposed all the same.');
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
        job = await api.get<RingSearchJob>(
          `/shiftline/workforce/businessunits/${unitId}/weeks/${week}/tradecycles/jobs/${job.id}`,
        );
      }
      if (job.status === 'Error') throw new Error(job.message ?? 'The search failed.');
      return job;
    },
    onSettled: () => queries.invalidateQueries({ queryKey: RINGS }),
  });
}
