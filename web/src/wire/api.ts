/**
 * What this page reads from the server and sends to it: the generated types of openapi.ts under the page's own names, each with
 * the fields that it uses. The only place in the page that names the vendor's schemas.
 */
import type { components, operations } from './openapi';

type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** The body with which an operation answers when it is done. */
type Answer<Id extends keyof operations> = operations[Id]['responses'] extends {
  200: { content: { 'application/json': infer Body } };
}
  ? Body
  : never;

/** What a generated body calls `Field`, without the null of what may be left out. */
type Part<Body, Field extends keyof Body> = NonNullable<Body[Field]>;

/** Partial, because what stands between the page and the server may refuse in other words, or none. */
export type ErrorBody = Partial<Pick<Schema<'ErrorBody'>, 'message' | 'code' | 'contextId'>>;

export type Me = Pick<Answer<'getUsersMe'>, 'id' | 'name' | 'email'>;

export type SystemPresence = Schema<'SystemPresence'>;
export type PresenceDefinitions = { entities: PresenceDefinition[] };
export type PresenceDefinition = Pick<
  Answer<'getPresenceDefinitions'>['entities'][number],
  'id' | 'type' | 'languageLabels' | 'systemPresence' | 'deactivated'
>;
export type UserPresence = Pick<
  Answer<'getUserPresencesPurecloud'>,
  'presenceDefinition' | 'message' | 'modifiedDate'
>;
export type PresenceChange =
  operations['patchUserPresencesPurecloud']['requestBody']['content']['application/json'];

export type AgentManagementUnit = Pick<
  Answer<'getWorkforcemanagementAgentsMeManagementunit'>,
  'businessUnit'
>;
export type BusinessUnit = Pick<Answer<'getWorkforcemanagementBusinessunit'>, 'id' | 'name' | 'settings'>;
export type WeekDay = Part<Part<BusinessUnit, 'settings'>, 'startDayOfWeek'>;
export type ActivityCodes = { entities: ActivityCode[] };
export type ActivityCode = Pick<
  Answer<'getWorkforcemanagementBusinessunitActivitycodes'>['entities'][number],
  'id' | 'name' | 'category'
>;
export type ActivityCategory = ActivityCode['category'];

export type ScheduleSearch =
  operations['postWorkforcemanagementAgentschedulesMine']['requestBody']['content']['application/json'];
export type MySchedules = Pick<
  Answer<'postWorkforcemanagementAgentschedulesMine'>,
  'agentSchedules' | 'businessUnitTimeZone'
>;
/** From `wallStart` to `swapReason` the server's own fields: local wall time without offset, in `timeZone`. */
export type Shift = Pick<
  Schema<'ShiftBody'>,
  'id' | 'startDate' | 'lengthMinutes' | 'wallStart' | 'wallEnd' | 'timeZone' | 'isSwap' | 'swapReason'
> & { activities: ShiftActivity[] };
export type ShiftActivity = Pick<
  Schema<'ActivityBody'>,
  'startDate' | 'lengthMinutes' | 'activityCodeId' | 'description' | 'paid'
>;
export type FullDayTimeOffMarker = Pick<
  Schema<'FullDayBody'>,
  'businessUnitDate' | 'description' | 'activityCodeId' | 'timeOffRequestId'
>;

export type TimeOffRequests = { timeOffRequests: TimeOffRequest[] };
export type TimeOffRequest = Pick<
  Answer<'getWorkforcemanagementTimeoffrequests'>['timeOffRequests'][number],
  | 'id'
  | 'status'
  | 'activityCodeId'
  | 'paid'
  | 'fullDayManagementUnitDates'
  | 'partialDayStartDateTimes'
  | 'dailyDurationMinutes'
  | 'durationMinutes'
>;
export type TimeOffStatus = TimeOffRequest['status'];

/** One gate of an access decision. `holds` is null where it could not be known. */
export type Gate = Omit<Schema<'Gate'>, 'source'>;
/** A fact with a sentence, that blocks nothing. */
export type Note = Schema<'Note'>;
export type Remedy = Schema<'RemedyBody'>;
/** An access decision, as enforced and as explained. `allowed` is null where it could not be known. */
export type Decision = Omit<
  Answer<'getShiftlineAccessWhy'>,
  'gates' | 'blockers' | 'purpose' | 'evidence' | 'client_log'
> & { gates: Gate[]; blockers: Gate[] };
