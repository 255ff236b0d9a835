/**
 * The shapes that this page reads from and sends to the server: the vendor's field names, and our extensions
 * (marked as such). The only place in the page that knows them.
 */

export interface ErrorBody {
  message?: string;
  code?: string;
  status?: number;
  contextId?: string;
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
  name?: string;
  type?: 'System' | 'User';
  languageLabels?: Record<string, string>;
  systemPresence: SystemPresence;
  deactivated?: boolean;
}

export interface UserPresence {
  presenceDefinition?: { id: string; systemPresence?: SystemPresence };
  message?: string;
  modifiedDate?: string;
}

export interface Me {
  id: string;
  name: string;
  email?: string;
  station?: { effectiveStation?: { id: string; name?: string } | null };
  presence?: UserPresence;
  routingStatus?: { status?: string };
}

export interface AgentManagementUnit {
  managementUnit?: { id: string };
  businessUnit?: { id: string };
}

export type WeekDay = 'Sunday' | 'Monday' | 'Tuesday' | 'Wednesday' | 'Thursday' | 'Friday' | 'Saturday';

export interface BusinessUnit {
  id: string;
  name?: string;
  settings?: { startDayOfWeek?: WeekDay; timeZone?: string };
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
  activityCodeId?: string;
  description?: string;
  paid?: boolean;
}

export interface Shift {
  id: string;
  startDate: string;
  lengthMinutes: number;
  activities?: ShiftActivity[];
  /** Extension: local wall time without offset, in `timeZone`, as the server resolved it. */
  wallStart?: string;
  wallEnd?: string;
  timeZone?: string;
  isSwap?: boolean;
  swapReason?: string;
}

export interface FullDayTimeOffMarker {
  businessUnitDate: string;
  description?: string;
  activityCodeId?: string;
  timeOffRequestId?: string;
}

export interface MySchedules {
  agentSchedules?: { shifts?: Shift[]; fullDayTimeOffMarkers?: FullDayTimeOffMarker[] }[];
  businessUnitTimeZone?: string;
  publishedSchedules?: { id: string; weekDate?: string; weekCount?: number }[];
  /** Extension: the zone's offset from each instant on, over the asked interval; the first holds from its start. */
  utcOffsets?: { from: string; offsetMinutes: number }[];
}

export type TimeOffStatus = 'PENDING' | 'APPROVED' | 'DENIED' | 'CANCELED';

export interface TimeOffRequest {
  id: string;
  status: TimeOffStatus;
  isFullDayRequest?: boolean;
  activityCodeId?: string;
  paid?: boolean;
  fullDayManagementUnitDates?: string[];
  partialDayStartDateTimes?: string[];
  dailyDurationMinutes?: number;
  durationMinutes?: number[];
  notes?: string;
  submittedDate?: string;
}

/** One gate of an access decision. `holds` is null where it could not be known. */
export interface Gate {
  code: string;
  holds: boolean | null;
  sentence?: string | null;
  facts?: Record<string, unknown>;
  source?: unknown;
}

export interface NotACause {
  code: string;
  sentence: string;
  facts?: Record<string, unknown>;
}

export interface Remedy {
  who: string;
  what: string;
  at_once?: boolean;
  sentence: string;
}

/** Extension: an access decision, as enforced and as explained. */
export interface Decision {
  decision_id?: string;
  user_id?: string;
  action: string;
  allowed: boolean;
  sentence: string;
  gates: Gate[];
  blockers: Gate[];
  not_a_cause: NotACause[];
  remedies: Remedy[];
  next_change_at?: string | null;
  evaluated_at: string;
}
