import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices, useSoftphone, useTopic } from '../app/services';
import { readAgainIn } from '../foundation/queries';
import { useMe } from '../identity/queries';
import { dateText, offsetsFromBrowser, wallAt } from '../schedule/offsets';
import type { Unit } from '../schedule/queries';
import type { Ring, RingAnswer, Rings } from '../wire/api';
import { TRADES } from './queries';

export const WEEKS = 6;
export const RINGS = [...TRADES, 'rings'] as const;

/** Today in a zone, by the application's clock. */
export function useToday(zone: string): string {
  const now = useServices().clock.now();
  return dateText(wallAt(offsetsFromBrowser(zone, now, now), now));
}

/** The exchanges among several in which one has a part, of this week and the next ones. */
export function useMyRings(unit: Unit | undefined) {
  const { api } = useServices();
  const queries = useQueryClient();
  const news = useSoftphone().name === 'ready' ? 'heard' : 'unheard';
  const meId = useMe().data?.id;
  const today = useToday(unit?.timeZone ?? 'UTC');
  const unitId = unit?.id ?? null;
  useTopic(meId ? `v2.shiftline.users.${meId}.workforcemanagement.tradecycles` : null, () => {
    void queries.invalidateQueries({ queryKey: TRADES });
  });
  return useQuery({
    queryKey: [...RINGS, 'mine', unitId, today],
    enabled: unitId !== null,
    queryFn: async ({ signal }): Promise<Ring[]> => {
      const found = await api.get<Rings>(
        `/shiftline/workforce/businessunits/${unitId}/weeks/${today}/tradecycles/mine?weekCount=${WEEKS}`,
        signal,
      );
      return found.entities;
    },
    refetchInterval: (query) => readAgainIn(news, query),
  });
}

/** Accepts or declines one's part. The last acceptance applies the ring, or leaves it to a review, or it has come to nothing. */
export function useAnswerRing(unitId: string) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ ring, answer }: { ring: Ring } & RingAnswer) =>
      api.post<Ring>(
        `/shiftline/workforce/businessunits/${unitId}/weeks/${ring.weekDate}/tradecycles/${ring.id}/answer`,
        { answer } satisfies RingAnswer,
      ),
    onSettled: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: TRADES }),
        queries.invalidateQueries({ queryKey: ['schedule', 'week'] }),
      ]);
    },
  });
}
