import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useServices, useSoftphone, useTopic } from '../app/services';
import { Refusal } from '../foundation/api';
import { readAgainIn } from '../foundation/queries';
import { ownZone } from '../foundation/time';
import type {
  ActivityCode,
  ActivityCodes,
  AgentManagementUnit,
  BusinessUnit,
  MySchedules,
  OwnChanges,
  ScheduleSearch,
  Shift,
  TimeOffRequests,
  WeekDay,
} from '../wire/api';
import { addDays, DAY, type Offsets, offsetsFromBrowser, trustServer, wallFromText } from './offsets';

export interface Unit {
  /** Null where it may not be read, and for who is in none: the zone is then the computer's own. */
  id: string | null;
  /** The management unit; null for who is in none. */
  teamId: string | null;
  none: boolean;
  firstDay: WeekDay;
  timeZone: string | null;
  codes: ActivityCode[];
}

/** The agent's unit: its first day of the week, its zone and its activity codes. */
export function useUnit() {
  const { api } = useServices();
  return useQuery({
    queryKey: ['schedule', 'unit'],
    staleTime: 600_000,
    queryFn: async ({ signal }): Promise<Unit> => {
      let none = false;
      const place = await api
        .get<AgentManagementUnit>('/workforcemanagement/agents/me/managementunit', signal)
        .catch((error: unknown) => {
          none = error instanceof Refusal && error.status === 404;
          return absent(error);
        });
      const id = place?.businessUnit.id;
      if (!id) return { id: null, teamId: null, none, firstDay: 'Monday', timeZone: ownZone(), codes: [] };
      const [unit, codes] = await Promise.all([
        api
          .get<BusinessUnit>(`/workforcemanagement/businessunits/${id}?expand=settings`, signal)
          .catch(absent),
        api
          .get<ActivityCodes>(`/workforcemanagement/businessunits/${id}/activitycodes`, signal)
          .catch(absent),
      ]);
      const settings = unit?.settings;
      return {
        id,
        teamId: place.managementUnit.id,
        none: false,
        firstDay: settings?.startDayOfWeek ?? 'Monday',
        timeZone: settings?.timeZone ?? null,
        codes: codes?.entities ?? [],
      };
    },
  });
}

/** Who may not read the unit's settings still sees the schedule; who is no agent has none. */
function absent(error: unknown): null {
  if (error instanceof Refusal && (error.status === 403 || error.status === 404)) return null;
  throw error;
}

export interface MyWeek {
  schedules: MySchedules;
  zone: string;
  offsets: Offsets;
}

/** The published schedule around one week. The asked interval has a day of air on both sides, because the week's ends are wall times. */
export function useMyWeek(weekStart: string | null, unit: Unit | undefined, userId: string | undefined) {
  const { api } = useServices();
  const queries = useQueryClient();
  const news = useSoftphone().name === 'ready' ? 'heard' : 'unheard';
  useTopic(userId ? `v2.users.${userId}.workforcemanagement.schedules` : null, () => {
    void queries.invalidateQueries({ queryKey: ['schedule', 'week'] });
  });
  return useQuery({
    queryKey: ['schedule', 'week', weekStart],
    enabled: weekStart !== null,
    queryFn: async ({ signal }): Promise<MyWeek> => {
      const startDate = `${addDays(weekStart ?? '', -1)}T00:00:00.000Z`;
      const endDate = `${addDays(weekStart ?? '', 8)}T00:00:00.000Z`;
      const schedules = await api.post<MySchedules>(
        '/workforcemanagement/agentschedules/mine',
        { startDate, endDate } satisfies ScheduleSearch,
        signal,
      );
      const zone = zoneOf(schedules) ?? unit?.timeZone ?? 'UTC';
      return {
        schedules,
        zone,
        offsets: offsetsOf(schedules, zone, Date.parse(startDate), Date.parse(endDate)),
      };
    },
    refetchInterval: (query) => readAgainIn(news, query),
  });
}

/** What changed in one's own published work of late. Renewed with the week, or at intervals where no news is heard. */
export function useMyChanges() {
  const { api } = useServices();
  const news = useSoftphone().name === 'ready' ? 'heard' : 'unheard';
  return useQuery({
    queryKey: ['schedule', 'week', 'changes'],
    queryFn: async ({ signal }) =>
      (await api.get<OwnChanges>('/shiftline/workforce/schedulechanges/mine', signal)).entities,
    refetchInterval: (query) => readAgainIn(news, query),
  });
}

/** Trades reach over six weeks at most. */
const AHEAD_DAYS = 43;

/** One's own shifts to come, as far as one may trade them. Renewed with the week. */
export function useShiftsAhead() {
  const { api, clock } = useServices();
  return useQuery({
    queryKey: ['schedule', 'week', 'ahead'],
    queryFn: async ({ signal }) => {
      const now = clock.now();
      const schedules = await api.post<MySchedules>(
        '/workforcemanagement/agentschedules/mine',
        {
          startDate: new Date(now).toISOString(),
          endDate: new Date(now + AHEAD_DAYS * DAY).toISOString(),
        } satisfies ScheduleSearch,
        signal,
      );
      return shiftsOf(schedules).filter(({ startDate }) => Date.parse(startDate) > now);
    },
  });
}

function shiftsOf(schedules: MySchedules): Shift[] {
  return schedules.agentSchedules.flatMap((schedule) => schedule.shifts);
}

function zoneOf(schedules: MySchedules): string | null {
  return shiftsOf(schedules)[0]?.timeZone ?? schedules.businessUnitTimeZone;
}

function offsetsOf(schedules: MySchedules, zone: string, fromMs: number, toMs: number): Offsets {
  const known = shiftsOf(schedules)
    .filter((shift) => shift.timeZone === zone)
    .map((shift) => ({ instantMs: Date.parse(shift.startDate), wallMs: wallFromText(shift.wallStart) }));
  return trustServer(offsetsFromBrowser(zone, fromMs - DAY, toMs + DAY), known);
}

export function useMyTimeOff(userId: string | undefined) {
  const { api } = useServices();
  const queries = useQueryClient();
  const news = useSoftphone().name === 'ready' ? 'heard' : 'unheard';
  const queryKey = ['schedule', 'time-off'];
  useTopic(userId ? `v2.users.${userId}.workforcemanagement.timeoffrequests` : null, () => {
    void queries.invalidateQueries({ queryKey });
  });
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const list = await api.get<TimeOffRequests>('/workforcemanagement/timeoffrequests', signal);
      return list.timeOffRequests;
    },
    refetchInterval: (query) => readAgainIn(news, query),
  });
}

/** The unit's zone around the present year, for dates outside the shown week. Null until the zone is known. */
export function useZoneOffsets(): Offsets | null {
  const { clock } = useServices();
  const unit = useUnit().data;
  const zone = unit ? (unit.timeZone ?? 'UTC') : null;
  return useMemo(() => {
    if (zone === null) return null;
    const now = clock.now();
    return offsetsFromBrowser(zone, now - 400 * DAY, now + 400 * DAY);
  }, [zone, clock]);
}
