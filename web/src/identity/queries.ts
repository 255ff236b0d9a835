import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useServices } from '../app/services';
import type { Api } from '../foundation/api';
import type { Authorization, Me, UserNames } from '../wire/api';

export const ME = ['me'] as const;

export function useMe() {
  const { api } = useServices();
  return useQuery({
    queryKey: ME,
    queryFn: ({ signal }) => api.get<Me>('/users/me', signal),
  });
}

/** What one may do, somewhere. Whether one may do it to somebody in particular, the server says. */
export function usePermissions() {
  const { api } = useServices();
  return useQuery({
    queryKey: [...ME, 'permissions'],
    queryFn: async ({ signal }) => {
      const me = await api.get<Authorization>('/users/me?expand=authorization', signal);
      return me.authorization?.permissions ?? [];
    },
  });
}

/** Names that one question may ask for. */
const MOST_NAMES = 100;
const NOBODY: ReadonlyMap<string, string> = new Map();

/** The names of some people, as far as one may see them. */
export function useNames(ids: Iterable<string | null | undefined>): ReadonlyMap<string, string> {
  const { api } = useServices();
  const wanted = [...new Set(ids)].filter((id) => id != null).sort();
  const { data } = useQuery({
    queryKey: ['names', ...wanted],
    enabled: wanted.length > 0,
    staleTime: 600_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => new Map(await readNames(api, wanted, signal)),
  });
  return data ?? NOBODY;
}

async function readNames(api: Api, ids: string[], signal: AbortSignal): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (let from = 0; from < ids.length; from += MOST_NAMES) {
    const some = ids.slice(from, from + MOST_NAMES);
    const people = await api
      .get<UserNames>(`/users?id=${some.join()}&pageSize=${MOST_NAMES}`, signal)
      // Whoever may not see the people still sees what they do.
      .catch(() => ({ entities: [] }));
    for (const { id, name } of people.entities) found.push([id, name]);
  }
  return found;
}
