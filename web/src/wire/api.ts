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

/** The body that an operation is asked with. */
type Asked<Id extends keyof operations> = operations[Id] extends {
  requestBody: { content: { 'application/json': infer Body } };
}
  ? Body
  : never;

/** What a generated body calls `Field`, without the null of what may be left out. */
type Part<Body, Field extends keyof Body> = NonNullable<Body[Field]>;

/** Partial, because what stands between the page and the server may refuse in other words, or none. */
export type ErrorBody = Partial<
  Pick<Schema<'ErrorBody'>, 'message' | 'code' | 'contextId' | 'messageParams'>
> & { details?: { fieldName?: string | null }[] | null };

export type Me = Pick<Answer<'getUsersMe'>, 'id' | 'name' | 'email'>;
/** What one may do, wherever one may; `*` stands for any part of a permission. */
export type Authorization = { authorization?: { permissions?: string[] } | null };

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
export type PresenceChange = Asked<'patchUserPresencesPurecloud'>;

export type RoutingStatus = Pick<Answer<'getUserRoutingstatus'>, 'status' | 'startTime'>;
export type RoutingState = RoutingStatus['status'];

/**
 * A conversation as REST and the topic `v2.users.{id}.conversations` tell it; the topic leaves out `queueName`, `startTime` and
 * `wrapupSkipped`. In a call, `held` is put on hold by this participant, and `confined` hears music because of another's hold.
 */
export type Conversation = Pick<Schema<'WireConversation'>, 'id'> & { participants: Participant[] };
export type Participant = Pick<
  Schema<'conversations_wire_shapes_WireParticipant'>,
  | 'id'
  | 'purpose'
  | 'name'
  | 'address'
  | 'userId'
  | 'queueId'
  | 'queueName'
  | 'connectedTime'
  | 'endTime'
  | 'consultParticipantId'
  | 'alertingTimeoutMs'
  | 'wrapupRequired'
  | 'wrapupPrompt'
  | 'wrapupTimeoutMs'
  | 'wrapup'
  | 'startAcwTime'
  | 'endAcwTime'
> & { startTime?: string; wrapupSkipped?: boolean; calls: CallPart[] };
export type CallPart = Pick<
  Schema<'WireCall'>,
  | 'state'
  | 'direction'
  | 'muted'
  | 'held'
  | 'confined'
  | 'recording'
  | 'recordingState'
  | 'disconnectType'
  | 'errorInfo'
  | 'startAlertingTime'
  | 'connectedTime'
  | 'disconnectedTime'
>;
/** A conversation by message or e-mail, with what each participant's part of it is. `name`: an e-mail's subject. */
export type Written = Pick<Schema<'WireWrittenConversation'>, 'id' | 'name'> & {
  participants: WrittenPart[];
};
export type WrittenPart = Pick<
  Schema<'WireWrittenConversation'>['participants'][number],
  | 'id'
  | 'purpose'
  | 'name'
  | 'address'
  | 'state'
  | 'user'
  | 'queue'
  | 'startTime'
  | 'endTime'
  | 'wrapupRequired'
  | 'startAcwTime'
  | 'endAcwTime'
>;
export type WrittenListing = { entities: Written[] };
export type WrittenChange = Partial<Omit<Asked<'patchConversationsMessageParticipant'>, 'wrapup'>> & {
  wrapup?: Partial<Schema<'WrittenWrapupBody'>>;
};
export type Transcript = Answer<'getShiftlineMessagingConversationTranscript'>;
export type TranscriptMessage = Transcript['messages'][number];
export type Answering = Partial<Asked<'postConversationsMessageCommunicationMessages'>>;
export type MailReply = Partial<Asked<'postConversationsEmailMessages'>>;

export type WrapupPrompt = Part<Participant, 'wrapupPrompt'>;
export type ConversationListing = { entities: Conversation[] };
export type WrapupCode = Pick<
  Answer<'getConversationsCallParticipantWrapupcodes'>[number],
  'id' | 'name' | 'description'
>;
/** What has a default may be left out. */
export type ParticipantChange = Omit<Asked<'patchConversationsCallParticipant'>, 'wrapup'> & {
  wrapup?: Partial<Schema<'WrapupBody'>>;
};
export type Transfer = Partial<Asked<'postConversationsCallParticipantReplace'>>;
export type Consultation = Asked<'postConversationsCallParticipantConsult'>;
export type ConsultationChange = Asked<'patchConversationsCallParticipantConsult'>;
export type Digits = Asked<'postConversationParticipantDigits'>;

export type FoundUsers = { results: FoundUser[] };
export type FoundUser = Pick<Answer<'postUsersSearch'>['results'][number], 'id' | 'name' | 'title'> & {
  presence?: { presenceDefinition?: { systemPresence?: SystemPresence | null } | null } | null;
  routingStatus?: { status?: RoutingState | null } | null;
};
export type UserNames = { entities: Pick<Answer<'getUsers'>['entities'][number], 'id' | 'name'>[] };
export type QueueNames = {
  entities: Pick<Answer<'getRoutingQueuesMe'>['entities'][number], 'id' | 'name'>[];
};

/** Instants are the application's, but for `expiresAt`. */
export type ConversationOffers = Answer<'getShiftlineRoutingConversationOffers'>;
export type Interaction = ConversationOffers['interactions'][number];
export type Offer = Interaction['offers'][number];
export type Evidence = Offer['considered'];
export type WaitingCalls = {
  entities: Pick<
    Answer<'getShiftlineRoutingQueueInteractions'>['entities'][number],
    'conversation' | 'position' | 'enqueuedAt'
  >[];
  total: number;
};

/** A recorded leg. `utcOffset`: of the zone at the start, such as `-05:00`. */
export type Recording = Pick<
  Answer<'getShiftlineRecordings'>['entities'][number],
  | 'id'
  | 'conversationId'
  | 'participantId'
  | 'state'
  | 'startTime'
  | 'timeZone'
  | 'utcOffset'
  | 'participants'
  | 'queueId'
  | 'endedBy'
  | 'durationMs'
  | 'medium'
  | 'packets'
  | 'packetsLost'
  | 'sha256'
  | 'reasonRequired'
  | 'reason'
  | 'container'
>;
export type Recordings = { entities: Recording[]; total: number };
/** What somebody noted on a recording; `location` and `durationMs` are milliseconds of its sound. */
export type Annotation = Pick<
  Answer<'getConversationRecordingAnnotations'>[number],
  'id' | 'type' | 'location' | 'durationMs' | 'name' | 'description' | 'user'
>;
export type AnnotationDraft = Pick<Asked<'postConversationRecordingAnnotations'>, 'location'> & {
  description: string;
};
/** What is recorded of a queue, direction and channel; null is any. */
export type RecordingPolicies = Pick<Answer<'getShiftlineRecordingsPolicies'>, 'policies'>;
export type RecordingPolicy = NonNullable<RecordingPolicies['policies']>[number];
export type PolicyDraft = Partial<Asked<'putShiftlineRecordingsPolicies'>>;
/** After how many days recordings of a queue (null: of all that have none of their own) are archived and deleted; null is never. */
export type Retention = Answer<'getShiftlineRecordingretention'>;
export type RetentionPolicy = Retention['entities'][number];
export type RetentionDraft = Asked<'putShiftlineRecordingretention'>;
export type Grace = Answer<'getShiftlineRecordingdeletionsSettings'>;
export type Reason = Reasons['entities'][number];

/** A folder of recordings from elsewhere that is read, and how far that is. */
export type Import = Answer<'getShiftlineRecordingsImports'>['entities'][number];
export type Imports = { entities: Import[]; total: number };
export type ImportDraft = Partial<Asked<'postShiftlineRecordingsImports'>>;
export type ImportReport = Answer<'getShiftlineRecordingsImportReport'>;
/** What came, with what is wrong of it. */
export type QuarantineItem = Answer<'getShiftlineRecordingsQuarantine'>['entities'][number];
export type QuarantineItems = { entities: QuarantineItem[]; total: number };
export type ImportProblem = QuarantineItem['problems'][number];
export type ImportRule = NonNullable<Asked<'postShiftlineRecordingsQuarantineItemRepair'>['accept']>[number];
export type Repair = Omit<Asked<'postShiftlineRecordingsQuarantineItemRepair'>, 'corrections'> & {
  corrections?: Corrections;
};
export type Corrections = Partial<
  NonNullable<Asked<'postShiftlineRecordingsQuarantineItemRepair'>['corrections']>
>;

/** Many recordings asked for at once; `resultCount` are settled, of which `errorCount` cannot be had. */
export type BatchRequest = Answer<'getShiftlineRecordingBatchrequests'>['entities'][number];
export type BatchRequests = { entities: BatchRequest[]; total: number };
export type BatchResults = Pick<Answer<'getRecordingBatchrequest'>, 'results'>;
/** A recording job of the vendor's kind. `obstacle`: why it does not go on right now. */
export type RecordingJob = Answer<'getRecordingJobs'>['entities'][number];
export type RecordingJobs = { entities: RecordingJob[]; total: number };
export type FailedRecordings = {
  entities: Answer<'getRecordingJobFailedrecordings'>['entities'];
  total: number;
};
/** A legal export, and how far it is. */
export type LegalExport = Answer<'getShiftlineDiscoveryExports'>['entities'][number];
export type LegalExports = { entities: LegalExport[]; total: number };
export type ExportDraft = Pick<
  Asked<'postShiftlineDiscoveryExports'>,
  'matterName' | 'matterId' | 'reason'
> & {
  selection: Partial<Asked<'postShiftlineDiscoveryExports'>['selection']>;
  destination: Pick<Asked<'postShiftlineDiscoveryExports'>['destination'], 'type' | 'name'>;
};
/** What is known of a package; what is wrong comes first. */
export type PackageReport = Answer<'postShiftlinePackagesVerifications'>;
/** A waveform: lowest and highest sample of each pixel, in turn. Source: the audiowaveform data format, version 2. */
export type Peaks = Omit<Answer<'getShiftlineRecordingPeaks'>, 'version' | 'channels'>;

/** What lies in a recording: `offsetMs` from its start; `durationMs` 0 is a moment, null lasts. */
export type RecordingTimeline = { entities: RecordingEvent[] };
export type RecordingEvent = Pick<
  Answer<'getShiftlineRecordingEvents'>['entities'][number],
  'kind' | 'date' | 'offsetMs' | 'durationMs' | 'participantId' | 'name'
>;
export type Reasons = Answer<'getShiftlineRecordingsReasons'>;
/** Whether a call's recording may be paused, and why (not). */
export type RecordingControl = Pick<
  Answer<'getShiftlineConversationRecordingcontrol'>,
  'recordingState' | 'pause' | 'snippet' | 'snippetSince'
>;

/** What keeps a recording, and what is to become of it. */
export type Keeping = Answer<'getShiftlineRecordingKeeping'>;
export type Matter = Answer<'getShiftlineMatters'>['entities'][number];
export type Matters = { entities: Matter[]; total: number };
export type Hold = Answer<'getShiftlineMatterHolds'>['entities'][number];
export type Holds = { entities: Hold[]; total: number };
export type HoldDraft = Asked<'postShiftlineMatterHolds'>;
export type MatterDraft = Asked<'postShiftlineMatters'>;
export type Deletion = Answer<'getShiftlineRecordingdeletions'>['entities'][number];
export type Deletions = { entities: Deletion[]; total: number };

/** The media sessions of a call, as the server measures them. */
export type Legs = {
  entities: Pick<
    Answer<'getShiftlineConversationLegs'>['entities'][number],
    'id' | 'participantId' | 'endTime' | 'quality'
  >[];
};

/** How a web caller's call stands. `generation` grows each time that its media is made anew. */
export type WebCallStatus = Pick<
  Answer<'getShiftlineCallsWhip'>,
  'state' | 'generation' | 'position' | 'expectedWaitSeconds'
>;

export type AgentManagementUnit = Pick<
  Answer<'getWorkforcemanagementAgentsMeManagementunit'>,
  'businessUnit' | 'managementUnit'
>;
export type ManagementUnits = { entities: ManagementUnit[] };
export type ManagementUnit = Pick<
  Answer<'getWorkforcemanagementManagementunits'>['entities'][number],
  'id' | 'name' | 'businessUnit' | 'timeZone'
>;
export type BusinessUnit = Pick<Answer<'getWorkforcemanagementBusinessunit'>, 'id' | 'name' | 'settings'>;
export type WeekDay = Part<Part<BusinessUnit, 'settings'>, 'startDayOfWeek'>;
export type ActivityCodes = { entities: ActivityCode[] };
export type ActivityCode = Pick<
  Answer<'getWorkforcemanagementBusinessunitActivitycodes'>['entities'][number],
  'id' | 'name' | 'category' | 'active' | 'agentTimeOffSelectable'
>;
export type ActivityCategory = ActivityCode['category'];

export type ScheduleSearch = Asked<'postWorkforcemanagementAgentschedulesMine'>;
export type MySchedules = Pick<
  Answer<'postWorkforcemanagementAgentschedulesMine'>,
  'agentSchedules' | 'businessUnitTimeZone'
>;
/** From `wallStart` to `swapReason` the server's own fields: local wall time without offset, in `timeZone`. */
export type Shift = Pick<
  Schema<'ShiftBody'>,
  | 'id'
  | 'schedule'
  | 'startDate'
  | 'lengthMinutes'
  | 'wallStart'
  | 'wallEnd'
  | 'timeZone'
  | 'isSwap'
  | 'swapReason'
> & { activities: ShiftActivity[] };
export type ShiftActivity = Pick<
  Schema<'ActivityBody'>,
  'startDate' | 'lengthMinutes' | 'activityCodeId' | 'description' | 'paid'
>;
export type FullDayTimeOffMarker = Pick<
  Schema<'FullDayBody'>,
  'businessUnitDate' | 'description' | 'activityCodeId' | 'timeOffRequestId'
>;

export type OwnChanges = Answer<'getShiftlineWorkforceSchedulechangesMine'>;
export type OwnChange = OwnChanges['entities'][number];
export type ShiftChange = Schema<'ShiftChange'>;
export type ActivityChange = Schema<'ActivityChange'>;
export type DayChange = Schema<'DayChange'>;
export type ShiftShown = Schema<'ShiftShown'>;
export type ActivityShown = Schema<'ActivityShown'>;

export type UnitUsers = { entities: { id: string }[] };
export type Schedules = { entities: PublishedSchedule[] };
export type PublishedSchedule = Pick<
  Schema<'ScheduleMetadata'>,
  'id' | 'weekDate' | 'weekCount' | 'description' | 'published' | 'metadata'
>;
export type PartsQuery = Asked<'postWorkforcemanagementBusinessunitWeekScheduleAgentschedulesQuery'>;
export type Parts = Pick<
  Answer<'postWorkforcemanagementBusinessunitWeekScheduleAgentschedulesQuery'>,
  'result'
>;
/** An agent's part of a schedule. */
export type AgentPart = {
  user: { id: string };
  shifts: Shift[];
  fullDayTimeOffMarkers: FullDayTimeOffMarker[];
};

/** What is asked of a schedule: small edits of the version that was read. */
export type Edits = Asked<'postShiftlineScheduleEdits'>;
export type Edit = Edits['edits'][number];
export type Acceptance = Part<Edits, 'acceptBreaches'>[number];
export type EditsAnswer = Answer<'postShiftlineScheduleEdits'>;
export type Breach = EditsAnswer['breaches'][number];
export type AgentChange = EditsAnswer['agents'][number];
export type Revisions = Answer<'getShiftlineScheduleRevisions'>;
export type Revision = Revisions['entities'][number];
export type Comparison = Answer<'getShiftlineScheduleRevisionsCompare'>;
export type Republishing = NonNullable<Asked<'postShiftlineScheduleRevisionRepublish'>>;
export type Republished = Answer<'postShiftlineScheduleRevisionRepublish'>;

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
  | 'notes'
  | 'conflicts'
  | 'substatus'
  | 'ruling'
>;
export type TimeOffStatus = TimeOffRequest['status'];
export type TimeOffWish = Asked<'postWorkforcemanagementTimeoffrequests'>;
export type OwnTimeOffChange = Asked<'patchWorkforcemanagementTimeoffrequest'>;
export type TimeOffQuery = Asked<'postWorkforcemanagementManagementunitTimeoffrequestsQuery'>;
/** A request as whoever decides it sees it. */
export type FiledTimeOff = TimeOffRequest &
  Pick<
    Answer<'postWorkforcemanagementManagementunitTimeoffrequestsQuery'>['entities'][number],
    'user' | 'metadata' | 'submittedDate'
  >;
export type FiledTimeOffs = { entities: FiledTimeOff[] };
export type TimeOffDecision = Asked<'patchWorkforcemanagementManagementunitUserTimeoffrequest'>;

/** What is left of each kind of time off: at once, or from the job that was begun. */
export type TimeOffBalances = Partial<
  Schema<'TimeOffBalancesResponse'> & Schema<'TimeOffBalanceJobResponse'>
>;
/** Minutes that are left on each day from `startDate`. */
export type TimeOffBalance = Schema<'TimeOffBalanceResponse'>;
export type TimeOffBalanceQuery = Asked<'postWorkforcemanagementTimeoffbalanceJobs'>;

/** The answers of all operations on trades: the result stands under the name of the operation. */
export type TradeJob = Answer<'postWorkforcemanagementShifttradingTradesMineQueryJobs'>;
export type Trade = Schema<'ShiftTradeResponseItem'>;
export type TradeState = Trade['state'];
export type TradedShift = Trade['initiating']['shift'];
export type Opening = Schema<'UnmatchedShiftTrade'>;
export type EvaluatedTrade = Schema<'EvaluatedShiftTrade'>;
/** What the rules say of a match: what refuses it, what asks for a review, and what each side is paid. */
export type MatchReview = Schema<'ShiftTradeMatchReview'>;
export type SidePay = Part<MatchReview, 'initiatingUser'>;
export type TradeOffer = Asked<'postWorkforcemanagementShifttradingTradesJobs'>;
export type TradeTaking = Asked<'postWorkforcemanagementShifttradingTradeMatchJobs'>;
export type TradeChange = Asked<'postWorkforcemanagementShifttradingTradeStateJobs'>;
export type TradeReviews = Asked<'postWorkforcemanagementBusinessunitShifttradingTradesStateBulkJobs'>;
export type OpeningSearch = Asked<'postWorkforcemanagementBusinessunitShifttradingUnmatchedSearchJobs'>;
export type TradeQuery = Asked<'postWorkforcemanagementShifttradingTradesMineQueryJobs'>;
/** A shift that belongs to nobody, with what each rule says of one's taking it. */
export type OpenShift = Schema<'TakeableOpenShift'>;
export type OpenShiftRule = Schema<'OpenShiftRule'>;
export type OpenShiftTaking = Asked<'postShiftlineWorkforceOpenshiftTake'>;
export type OpenShiftReview = Asked<'postShiftlineWorkforceOpenshiftReview'>;
/** The same as whoever plans sees it: in whatever state, with who took it. */
export type PlannedOpenShift = Schema<'OpenShiftShown'>;
export type OpenShiftDraft = Asked<'postShiftlineScheduleOpenshifts'>;
export type OpenShiftChange = Asked<'patchShiftlineWorkforceOpenshift'>;
export type TradeEvaluation = Asked<'postWorkforcemanagementBusinessunitShifttradingTradesEvaluateJobs'>;

/** A proposed exchange among several: each member gets the shift of the next one. One's own pay and verdicts come with one's part alone. */
export type Ring = Answer<'getShiftlineWorkforceTradecycles'>['entities'][number];
export type RingMember = Ring['members'][number];
export type RingShift = Part<RingMember, 'gives'>;
export type Rings = { entities: Ring[] };
export type RingAnswer = Asked<'postShiftlineWorkforceTradecycleAnswer'>;
export type RingReview = Asked<'postShiftlineWorkforceTradecycleReview'>;
/** What has a default may be left out. */
export type RingSearch = Partial<Asked<'postShiftlineWorkforceTradecyclesJobs'>>;
export type RingSearchJob = Answer<'getShiftlineWorkforceTradecyclesJob'>;

/** Whether an agent does what the schedule says. Source: the vendor's UserScheduleAdherence. */
export interface Adherence {
  user?: { id: string; name?: string | null } | null;
  scheduledActivityCategory?: ActivityCategory | 'Unscheduled' | null;
  scheduledActivityCode?: { id: string; name?: string | null } | null;
  systemPresence?: SystemPresence | null;
  routingStatus?: RoutingState | null;
  actualActivityCategory?: ActivityCategory | 'Unscheduled' | null;
  isOutOfOffice?: boolean | null;
  adherenceState?: AdherenceState | null;
  impact?: 'Positive' | 'Negative' | 'Neutral' | 'Unknown' | null;
  adherenceExplanation?: { status?: string | null } | null;
  timeOfAdherenceChange?: string | null;
  /** The server's own field: for longer than the unit bears. */
  severe?: boolean | null;
  /** In news only: the agent is no longer of the unit. */
  removedFromManagementUnit?: boolean | null;
}
export type AdherenceState =
  | 'InAdherence'
  | 'OutOfAdherence'
  | 'Unscheduled'
  | 'Unknown'
  | 'Ignored'
  | 'Explained';
export type AdherenceListing = { entities?: Adherence[] | null };

/** One gate of an access decision. `holds` is null where it could not be known. What is enforced comes without its sources. */
export type Gate = Omit<Schema<'Gate'>, 'source'> & { source?: GateSource | null };
/** Where a fact stands, since when, and who put it there: an id, or a name that is nobody's id. */
export type GateSource = { record?: string | null; since?: string | null; by?: string | null };
/** A fact with a sentence, that blocks nothing. */
export type Note = Schema<'Note'>;
/** What would lift a refusal. What it would lead to, and the operation that does it, are not told by every server. */
export type Remedy = Pick<Schema<'RemedyBody'>, 'who' | 'what' | 'at_once' | 'sentence'> & {
  preview?: { sentence: string; blockers?: (string | { code?: string; sentence?: string })[] | null } | null;
  operation?: { method: string; path: string; body?: unknown } | null;
  command?: string | null;
  /** Whether whoever asked may do it. */
  may?: boolean | null;
};
/** An access decision, as enforced and as explained. `allowed` is null where it could not be known. */
export type Decision = Omit<
  Answer<'getShiftlineAccessWhy'>,
  'gates' | 'blockers' | 'remedies' | 'purpose' | 'evidence' | 'client_log'
> & { gates: Gate[]; blockers: Gate[]; remedies: Remedy[] };
/** A decision that was made on an attempt. */
export type Attempt = Decision & Pick<Answer<'getShiftlineAccessDecision'>, 'purpose' | 'client_log'>;
export type Attempts = { entities: Attempt[] };
/** What changed a verdict between two instants, and who did that. */
export type Difference = Pick<Schema<'AccessDifference'>, 'sentence' | 'changes'> & {
  before: Decision;
  after: Decision;
};
export type Flip = Schema<'AccessFlip'>;
/** What happened around somebody, a lane for each room. */
export type Timeline = Omit<Schema<'AccessTimeline'>, 'attempts'> & { attempts: Attempt[] };
export type AccessEvent = Schema<'AccessEvent'>;
export type Arrival = NonNullable<AccessEvent['arrivals']>[number];
/** How long news took to live sessions lately, by node. */
export type Propagation = Answer<'getShiftlineAccessPropagation'>;
/** What is tried and not done, and who would flip by it. */
export type Trial = Asked<'postShiftlineAccessSimulate'>;
export type TriedChange = Trial['changes'][number];
export type Simulation = Answer<'postShiftlineAccessSimulate'>;
/** What a code of decisions means. */
export type ReasonText = Answer<'getShiftlineAccessReason'>;
export type ReasonTexts = Answer<'getShiftlineAccessReasons'>;

/** What is asserted of access, and where it does not hold. */
export type Assertions = Answer<'getShiftlineAccessAssertions'>;
export type Assertion = Assertions['entities'][number];
export type AssertionDraft = Asked<'putShiftlineAccessAssertion'>;
export type RoleNames = {
  entities: Pick<Answer<'getAuthorizationRoles'>['entities'][number], 'id' | 'name'>[];
};
/** A role's permissions: those of two words as they are, the others by entity. */
export type RoleWhole = Pick<
  Answer<'getAuthorizationRole'>,
  'id' | 'name' | 'permissions' | 'permissionPolicies'
>;
export type DivisionNames = {
  entities: Pick<Answer<'getAuthorizationDivisions'>['entities'][number], 'id' | 'name'>[];
};
/** Every permission that is enforced, by domain and entity. */
export type PermissionCollections = Pick<Answer<'getAuthorizationPermissions'>, 'entities'>;

/** The tenant's switches of telephony; what is absent when it is sent stays. */
export type TelephonySettings = Answer<'getTelephonySettings'>;
export type ShiftRule = Part<TelephonySettings, 'softphoneOnlyWithinShift'>;
export type ShiftException = Answer<'getShiftlineAccessShiftexceptions'>['entities'][number];
export type ShiftExceptions = { entities: ShiftException[]; total: number };
export type ShiftExceptionDraft = Asked<'postShiftlineAccessShiftexceptions'>;
export type ShiftOverride = Answer<'getShiftlineAccessShiftoverrides'>['entities'][number];
export type ShiftOverrides = { entities: ShiftOverride[]; total: number };
export type ShiftOverrideDraft = Asked<'postShiftlineAccessShiftoverrides'>;
