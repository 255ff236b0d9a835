/**
 * The shapes that this page reads from and sends to the server: the vendor's field names, and our extensions
 * (marked as such). The only place in the page that knows them.
 */

export interface ErrorBody {
  message?: string | null;
  code?: string | null;
  contextId?: string | null;
}

export type SystemPresence =
  | 'Available'
  | 'Away'
  | 'Busy'
  | 'Offline'
  | 'Idle'
  | 'OnQueue'
  | 'Meal'
  | 'Training'
  | 'Meeting'
  | 'Break';

export interface PresenceDefinition {
  id: string;
  name?: string | null;
  type?: 'System' | 'User' | null;
  languageLabels?: Record<string, string> | null;
  systemPresence: SystemPresence;
  deactivated?: boolean | null;
}

export interface UserPresence {
  presenceDefinition?: { id: string; systemPresence?: SystemPresence | null } | null;
  message?: string | null;
  modifiedDate?: string | null;
}

export interface Me {
  id: string;
  name: string;
  email?: string | null;
}

export interface AgentManagementUnit {
  businessUnit?: { id: string } | null;
}

export type WeekDay = 'Sunday' | 'Monday' | 'Tuesday' | 'Wednesday' | 'Thursday' | 'Friday' | 'Saturday';

export interface BusinessUnit {
  id: string;
  name?: string | null;
  settings?: { startDayOfWeek?: WeekDay | null; timeZone?: string | null } | null;
}

export type ActivityCategory =
  | 'OnQueueWork'
  | 'Break'
  | 'Meal'
  | 'Meeting'
  | 'OffQueueWork'
  | 'TimeOff'
  | 'Training'
  | 'Unavailable';

export interface ActivityCode {
  id: string;
  name: string;
  category: ActivityCategory;
}

export interface ShiftActivity {
  startDate: string;
  lengthMinutes: number;
  activityCodeId?: string | null;
  description?: string | null;
  paid?: boolean | null;
}

export interface Shift {
  id: string;
  startDate: string;
  lengthMinutes: number;
  activities?: ShiftActivity[] | null;
  /** Extension: local wall time without offset, in `timeZone`, as the server resolved it. */
  wallStart?: string | null;
  wallEnd?: string | null;
  timeZone?: string | null;
  isSwap?: boolean | null;
  swapReason?: string | null;
}

export interface FullDayTimeOffMarker {
  businessUnitDate: string;
  description?: string | null;
  activityCodeId?: string | null;
  timeOffRequestId?: string | null;
}

export interface MySchedules {
  agentSchedules?:
    | { shifts?: Shift[] | null; fullDayTimeOffMarkers?: FullDayTimeOffMarker[] | null }[]
    | null;
  businessUnitTimeZone?: string | null;
  /** Extension: the zone's offset from each instant on, over the asked interval; the first holds from its start. */
  utcOffsets?: { from: string; offsetMinutes: number }[] | null;
}

export type TimeOffStatus = 'PENDING' | 'APPROVED' | 'DENIED' | 'CANCELED';

export interface TimeOffRequest {
  id: string;
  status: TimeOffStatus;
  activityCodeId?: string | null;
  paid?: boolean | null;
  fullDayManagementUnitDates?: string[] | null;
  partialDayStartDateTimes?: string[] | null;
  dailyDurationMinutes?: number | null;
  durationMinutes?: number[] | null;
}

/** One gate of an access decision. `holds` is null where it could not be known. */
export interface Gate {
  code: string;
  holds: boolean | null;
  sentence?: string | null;
  facts?: Record<string, unknown> | null;
  /** Where the page about this kind of reason stands in the documentation. */
  documentation?: string | null;
}

/** A fact with a sentence, that blocks nothing. */
export interface Note {
  code: string;
  sentence: string;
  facts?: Record<string, unknown> | null;
}

export interface Remedy {
  who: string;
  what: string;
  at_once: boolean;
  sentence: string;
}

/** Extension: an access decision, as enforced and as explained. */
export interface Decision {
  decision_id?: string | null;
  user_id?: string | null;
  action: string;
  /** Null: could not be known. */
  allowed: boolean | null;
  sentence: string;
  gates: Gate[];
  blockers: Gate[];
  not_a_cause: Note[];
  warnings?: Note[] | null;
  remedies: Remedy[];
  next_change_at?: string | null;
  evaluated_at: string;
}
