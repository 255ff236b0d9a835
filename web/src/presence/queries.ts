import { useMutation, useMutationState, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useServices, useSoftphone, useTopic } from '../app/services';
import { readAgainIn } from '../foundation/queries';
import type {
  PresenceChange,
  PresenceDefinition,
  PresenceDefinitions,
  RoutingStatus,
  UserPresence,
} from '../wire/api';
import { arrivalOf, orderDefinitions } from './presence';

export function useDefinitions() {
  const { api } = useServices();
  return useQuery({
    queryKey: ['presence', 'definitions'],
    staleTime: 600_000,
    queryFn: async ({ signal }) => {
      const listing = await api.get<PresenceDefinitions>('/presence/definitions', signal);
      return orderDefinitions(listing.entities);
    },
  });
}

/** The person's presence: read once, then heard; read at intervals while the channel is down. */
export function usePresence(userId: string | undefined) {
  const { api } = useServices();
  const queries = useQueryClient();
  const news = useSoftphone().name === 'ready' ? 'heard' : 'unheard';
  const key = ['presence', userId];
  useTopic(userId ? `v2.users.${userId}.presence` : null, (event) => {
    const body = (event as { eventBody?: UserPresence }).eventBody;
    if (body?.presenceDefinition) queries.setQueryData(key, body);
  });
  return useQuery({
    queryKey: key,
    enabled: userId !== undefined,
    queryFn: ({ signal }) => api.get<UserPresence>(`/users/${userId}/presences/purecloud`, signal),
    refetchInterval: (query) => readAgainIn(news, query),
  });
}

export function useSetPresence(userId: string | undefined) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationKey: ['presence', userId],
    // One after the other: whoever goes on queue in the moment of arriving is on queue.
    scope: { id: `presence ${userId}` },
    mutationFn: (definitionId: string) =>
      api.patch<UserPresence>(`/users/${userId}/presences/purecloud`, {
        presenceDefinition: { id: definitionId },
      } satisfies PresenceChange),
    onSuccess: (presence) => queries.setQueryData(['presence', userId], presence),
  });
}

/** Whether calls are offered: read once, then heard; read at intervals while the channel is down. */
export function useRoutingStatus(userId: string | undefined) {
  const { api } = useServices();
  const queries = useQueryClient();
  const news = useSoftphone().name === 'ready' ? 'heard' : 'unheard';
  const key = ['routing status', userId];
  useTopic(userId ? `v2.users.${userId}.routingStatus` : null, (event) => {
    const body = (event as { eventBody?: { routingStatus?: RoutingStatus } }).eventBody;
    if (body?.routingStatus) queries.setQueryData(key, body.routingStatus);
  });
  return useQuery({
    queryKey: key,
    enabled: userId !== undefined,
    queryFn: ({ signal }) => api.get<RoutingStatus>(`/users/${userId}/routingstatus`, signal),
    refetchInterval: (query) => readAgainIn(news, query),
  });
}

/** Calls are offered again to whoever did not answer one. */
export function useReadyAgain(userId: string) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.put<RoutingStatus>(`/users/${userId}/routingstatus`, { status: 'IDLE' }),
    onSuccess: (status) => status && queries.setQueryData(['routing status', userId], status),
  });
}

/** Whoever arrives at the desk offline becomes available, each time that the softphone becomes ready. */
export function useArrival(userId: string, definitions: PresenceDefinition[], presence: UserPresence) {
  const ready = useSoftphone().name === 'ready';
  const { mutate } = useSetPresence(userId);
  const chosenId = useLatestChange(userId)?.variables;
  const arrived = useRef(false);
  useEffect(() => {
    if (ready && !arrived.current) {
      const arrival = arrivalOf(presence, definitions, chosenId);
      if (arrival !== null) mutate(arrival);
    }
    arrived.current = ready;
  }, [ready, presence, definitions, chosenId, mutate]);
}

export function useLatestChange(userId: string | undefined) {
  return useMutationState({
    filters: { mutationKey: ['presence', userId] },
    select: ({ state }) => ({
      status: state.status,
      error: state.error,
      submittedAt: state.submittedAt,
      variables: state.variables as string,
    }),
  }).at(-1);
}
