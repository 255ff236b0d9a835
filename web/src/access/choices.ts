import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useServices } from '../app/services';
import type { Choice } from '../design/fields';
import { Refusal } from '../foundation/api';
import { useNames } from '../identity/queries';
import { fullDate } from '../schedule/dates';
import { useUnits } from '../team/queries';
import type {
  DivisionNames,
  FoundUsers,
  PermissionCollections,
  PublishedSchedule,
  QueueNames,
  Revisions,
  RoleNames,
  RoleWhole,
  Schedules,
} from '../wire/api';
import { permissionsOf } from './trying';

const LONG_MS = 600_000;

const LONGEST = 12;
const PAUSE_MS = 200;

/** People whose name holds the text. */
export function usePeople(text: string, isWanted: boolean) {
  const { api } = useServices();
  const wanted = useSettled(text.trim());
  return useQuery({
    queryKey: ['people', wanted],
    enabled: isWanted,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Choice[]> => {
      const query = wanted === '' ? [] : [{ type: 'CONTAINS', fields: ['name'], value: wanted }];
      const { results } = await api.post<FoundUsers>(
        '/users/search',
        { pageSize: LONGEST, sortBy: 'name', sortOrder: 'ASC', query },
        signal,
      );
      return results.map(({ id, name }) => ({ id, name }));
    },
  });
}

/** A text, once nobody has typed for a moment. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** The queues that one may see: all, or one's own. */
export function useQueueChoices() {
  const { api } = useServices();
  return useQuery({
    queryKey: ['queue choices'],
    staleTime: LONG_MS,
    queryFn: async ({ signal }): Promise<Choice[]> => {
      const all = await api
        .get<QueueNames>('/routing/queues?pageSize=500', signal)
        .catch(async (error: unknown) => {
          if (!(error instanceof Refusal) || error.status !== 403) throw error;
          return await api.get<QueueNames>('/routing/queues/me?pageSize=100', signal);
        });
      return all.entities.map(({ id, name }) => ({ id, name }));
    },
  });
}

export function useRoles() {
  const { api } = useServices();
  return useQuery({
    queryKey: ['roles'],
    staleTime: LONG_MS,
    queryFn: async ({ signal }): Promise<Choice[]> => {
      const { entities } = await api.get<RoleNames>('/authorization/roles?pageSize=500', signal);
      return entities.map(({ id, name }) => ({ id, name }));
    },
  });
}

export function useDivisions() {
  const { api } = useServices();
  return useQuery({
    queryKey: ['divisions'],
    staleTime: LONG_MS,
    queryFn: async ({ signal }): Promise<Choice[]> => {
      const { entities } = await api.get<DivisionNames>('/authorization/divisions?pageSize=500', signal);
      return entities.map(({ id, name }) => ({ id, name }));
    },
  });
}

/** The permissions that a role has now. */
export function useRolePermissions(roleId: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: ['roles', roleId, 'permissions'],
    enabled: roleId !== '',
    queryFn: async ({ signal }) =>
      permissionsOf(await api.get<RoleWhole>(`/authorization/roles/${roleId}`, signal)),
  });
}

/** Every permission that is enforced. */
export function usePermissionNames() {
  const { api } = useServices();
  return useQuery({
    queryKey: ['permission names'],
    staleTime: LONG_MS,
    queryFn: async ({ signal }): Promise<string[]> => {
      const { entities } = await api.get<PermissionCollections>(
        '/authorization/permissions?pageSize=500',
        signal,
      );
      return entities
        .flatMap(({ permissionMap }) => Object.values(permissionMap).flat())
        .map(({ label }) => label)
        .sort();
    },
  });
}

export const scheduleName = ({ weekDate, description }: PublishedSchedule) =>
  `Week of ${fullDate(weekDate)}: ${description}`;

/** The business units that one may see into, each by the names of its management units. */
export function useBusinessUnits(): Choice[] {
  const { data: units = [] } = useUnits();
  const names = new Map<string, string[]>();
  for (const { name, businessUnit } of units) {
    names.set(businessUnit.id, [...(names.get(businessUnit.id) ?? []), name]);
  }
  return [...names].map(([id, each]) => ({ id, name: each.join(', ') }));
}

/** What stands for a week where those around now are asked for. */
const RECENT = 'recent';

/** The schedules of a business unit within half a year of now, the latest week first. */
export function useSchedules(businessUnitId: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: ['schedules', businessUnitId],
    enabled: businessUnitId !== '',
    queryFn: async ({ signal }) => {
      const { entities } = await api.get<Schedules>(
        `/workforcemanagement/businessunits/${businessUnitId}/weeks/${RECENT}/schedules`,
        signal,
      );
      return entities.sort((a, b) => b.weekDate.localeCompare(a.weekDate));
    },
  });
}

/** The revisions of a schedule, the latest first, and the names of who made them. */
export function useScheduleRevisions(scheduleId: string) {
  const { api } = useServices();
  const found = useQuery({
    queryKey: ['schedules', scheduleId, 'revisions'],
    enabled: scheduleId !== '',
    queryFn: async ({ signal }) =>
      (await api.get<Revisions>(`/shiftline/schedules/${scheduleId}/revisions`, signal)).entities,
  });
  return { found, names: useNames((found.data ?? []).map(({ by }) => by.id)) };
}
