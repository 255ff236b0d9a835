import { useQueries, useQuery } from '@tanstack/react-query';
import { useServices } from '../app/services';
import { everyMs } from '../foundation/queries';
import { useMe } from '../identity/queries';
import type { ConversationOffers, QueueNames, UserNames, WaitingCalls } from '../wire/api';
import { peopleIn } from './offers';

const WAITING_MS = 10_000;
/** Names that one question may ask for. */
const MOST_NAMES = 100;

/** The queues that one is a member of, those left for a while among them. */
export function useMyQueues() {
  const { api } = useServices();
  const meId = useMe().data?.id;
  return useQuery({
    queryKey: ['queues', 'mine', meId],
    enabled: meId !== undefined,
    staleTime: 300_000,
    queryFn: async ({ signal }) =>
      (await api.get<QueueNames>('/routing/queues/me?pageSize=100', signal)).entities,
  });
}

export interface WaitingLine {
  queue: { id: string; name: string };
  total: number;
  /** The one who waits longest. */
  first: WaitingCalls['entities'][number];
}

/** Who waits in one's queues, read at intervals: queues have more news than an agent needs. */
export function useWaiting(): WaitingLine[] {
  const { api } = useServices();
  const queues = useMyQueues().data ?? [];
  const read = useQueries({
    queries: queues.map(({ id }) => ({
      queryKey: ['waiting', id],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api.get<WaitingCalls>(`/shiftline/routing/queues/${id}/interactions?pageSize=1`, signal),
      refetchInterval: everyMs(WAITING_MS),
    })),
  });
  return queues.flatMap((queue, index) => {
    const waiting = read[index]?.data;
    const first = waiting?.entities[0];
    return waiting && first ? [{ queue, total: waiting.total, first }] : [];
  });
}

/** How a conversation found its agents, with the names of whom it tells. */
export function useOffers(conversationId: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: ['offers', conversationId],
    staleTime: 0,
    queryFn: async ({ signal }) => {
      const offers = await api.get<ConversationOffers>(
        `/shiftline/routing/conversations/${conversationId}/offers`,
        signal,
      );
      const ids = peopleIn(offers).slice(0, MOST_NAMES);
      const names = new Map<string, string>();
      if (ids.length > 0) {
        const people = await api
          .get<UserNames>(`/users?id=${ids.join()}&pageSize=${MOST_NAMES}`, signal)
          // Whoever may not see the people still sees the reasons.
          .catch(() => ({ entities: [] }));
        for (const { id, name } of people.entities) names.set(id, name);
      }
      return { offers, names };
    },
  });
}
