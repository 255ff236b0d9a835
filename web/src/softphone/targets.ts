import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useServices } from '../app/services';
import type { Tone } from '../design/components';
import { Refusal } from '../foundation/api';
import { useMe } from '../identity/queries';
import { presenceName, toneOf } from '../presence/presence';
import type { FoundUser, FoundUsers, QueueNames } from '../wire/api';
import type { Target } from './phone';

/** Somebody, or a queue, that a call can go to. */
export interface Candidate {
  key: string;
  target: Target;
  name: string;
  note: string;
  tone: Tone;
}

const LONGEST = 8;
const PAUSE_MS = 250;

/** Colleagues whose name holds the text. */
export function useColleagues(text: string, enabled = true) {
  const { api } = useServices();
  const meId = useMe().data?.id;
  const wanted = useSettled(text.trim());
  return useQuery({
    queryKey: ['colleagues', wanted],
    enabled,
    queryFn: async ({ signal }) => {
      const { results } = await api.post<FoundUsers>(
        '/users/search',
        {
          pageSize: LONGEST + 1,
          sortBy: 'name',
          sortOrder: 'ASC',
          expand: ['presence', 'routingStatus'],
          query: wanted === '' ? [] : [{ type: 'CONTAINS', fields: ['name'], value: wanted }],
        },
        signal,
      );
      return results
        .filter(({ id }) => id !== meId)
        .slice(0, LONGEST)
        .map(candidateOf);
    },
  });
}

/** Queues whose name holds the text. */
export function useQueues(text: string, enabled: boolean) {
  const { api } = useServices();
  const wanted = useSettled(text.trim());
  return useQuery({
    queryKey: ['queues', wanted],
    enabled,
    queryFn: async ({ signal }) => {
      const name = wanted === '' ? '' : `&name=${encodeURIComponent(`*${wanted}*`)}`;
      const entities = await api
        .get<QueueNames>(`/routing/queues?pageSize=${LONGEST}${name}`, signal)
        .then((listing) => listing.entities)
        .catch(async (error: unknown) => {
          if (!(error instanceof Refusal) || error.status !== 403) throw error;
          // Whoever may not see all queues still sees their own.
          const own = await api.get<QueueNames>('/routing/queues/me?pageSize=100', signal);
          return own.entities.filter((queue) => queue.name.toLowerCase().includes(wanted.toLowerCase()));
        });
      return entities.slice(0, LONGEST).map(
        ({ id, name }): Candidate => ({
          key: `q/${id}`,
          target: { queueId: id },
          name,
          note: 'Queue',
          tone: 'accent',
        }),
      );
    },
  });
}

export function candidateOf(user: FoundUser): Candidate {
  const presence = user.presence?.presenceDefinition?.systemPresence;
  const talks =
    user.routingStatus?.status === 'INTERACTING' || user.routingStatus?.status === 'COMMUNICATING';
  const doing = talks ? 'In a call' : presence ? presenceName(presence) : 'Offline';
  return {
    key: `u/${user.id}`,
    target: { userId: user.id },
    name: user.name,
    note: user.title ? `${doing}, ${user.title}` : doing,
    tone: talks ? 'busy' : toneOf(presence),
  };
}

/** The text once nobody types any more. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
