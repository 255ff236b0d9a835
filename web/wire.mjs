/**
 * Prints TypeScript types of what the page calls, from the server's OpenAPI document on standard input. `npm run wire` renews
 * src/wire/openapi.ts with it; tests/contract/test_wire_types.py fails while that file differs from what this prints.
 */
import { text } from 'node:stream/consumers';
import openapiTS, { astToString } from 'openapi-typescript';

/** Operations that the page calls; their answers and bodies are the whole of what it knows of the wire. */
const CALLED = new Set([
  'deleteConversationRecordingAnnotation',
  'deleteConversationsCallParticipantConsult',
  'deleteRecordingJob',
  'deleteShiftlineAccessAssertion',
  'deleteShiftlineRecordingsPolicies',
  'deleteTokensMe',
  'getAuthorizationDivisions',
  'getAuthorizationPermissions',
  'getAuthorizationRole',
  'getAuthorizationRoles',
  'getConversation',
  'getConversationRecordingAnnotations',
  'getConversations',
  'getConversationsCallParticipantWrapupcodes',
  'getConversationsEmails',
  'getConversationsMessages',
  'getPresenceDefinitions',
  'getRecordingBatchrequest',
  'getRecordingJobFailedrecordings',
  'getRecordingJobs',
  'getRoutingQueues',
  'getRoutingQueuesMe',
  'getShiftlineAccessAssertions',
  'getShiftlineAccessAttempts',
  'getShiftlineAccessDecision',
  'getShiftlineAccessDifference',
  'getShiftlineAccessPropagation',
  'getShiftlineAccessReason',
  'getShiftlineAccessReasons',
  'getShiftlineAccessShiftexceptions',
  'getShiftlineAccessShiftoverrides',
  'getShiftlineAccessTimeline',
  'getShiftlineAccessWhy',
  'getShiftlineCallsWhip',
  'getShiftlineConversationLegs',
  'getShiftlineConversationRecordingcontrol',
  'getShiftlineDiscoveryExports',
  'getShiftlineMatterHolds',
  'getShiftlineMatters',
  'getShiftlineMessagingConversationAttachment',
  'getShiftlineMessagingConversationTranscript',
  'getShiftlineRecordingBatchrequests',
  'getShiftlineRecordingEvents',
  'getShiftlineRecordingKeeping',
  'getShiftlineRecordingMedia',
  'getShiftlineRecordingPeaks',
  'getShiftlineRecordingdeletions',
  'getShiftlineRecordingdeletionsSettings',
  'getShiftlineRecordingretention',
  'getShiftlineRecordings',
  'getShiftlineRecordingsImport',
  'getShiftlineRecordingsImportReport',
  'getShiftlineRecordingsImportReportCsv',
  'getShiftlineRecordingsImports',
  'getShiftlineRecordingsPolicies',
  'getShiftlineRecordingsPoliciesEffective',
  'getShiftlineRecordingsQuarantine',
  'getShiftlineRecordingsQuarantineItemMetadata',
  'getShiftlineRecordingsReasons',
  'getShiftlineRoutingConversationOffers',
  'getShiftlineRoutingQueueInteractions',
  'getShiftlineScheduleOpenshifts',
  'getShiftlineScheduleRevisions',
  'getShiftlineScheduleRevisionsCompare',
  'getShiftlineWorkforceOpenshiftsClaims',
  'getShiftlineWorkforceOpenshiftsMine',
  'getShiftlineWorkforceSchedulechangesMine',
  'getShiftlineWorkforceTradecycles',
  'getShiftlineWorkforceTradecyclesJob',
  'getShiftlineWorkforceTradecyclesMine',
  'getTelephonySettings',
  'getUserPresencesPurecloud',
  'getUserRoutingstatus',
  'getUsers',
  'getUsersMe',
  'getWorkforcemanagementAgentManagementunit',
  'getWorkforcemanagementAgentsMeManagementunit',
  'getWorkforcemanagementBusinessunit',
  'getWorkforcemanagementBusinessunitActivitycodes',
  'getWorkforcemanagementBusinessunitWeekSchedules',
  'getWorkforcemanagementManagementunitAdherence',
  'getWorkforcemanagementManagementunitUsers',
  'getWorkforcemanagementManagementunits',
  'getWorkforcemanagementTimeoffbalanceJob',
  'getWorkforcemanagementTimeoffrequests',
  'patchConversationsCallParticipant',
  'patchConversationsCallParticipantConsult',
  'patchConversationsEmailParticipant',
  'patchConversationsMessageParticipant',
  'postConversationsEmailParticipantReplace',
  'postConversationsMessageParticipantReplace',
  'patchShiftlineWorkforceOpenshift',
  'patchUserPresencesPurecloud',
  'patchWorkforcemanagementManagementunitUserTimeoffrequest',
  'patchWorkforcemanagementTimeoffrequest',
  'postConversationParticipantDigits',
  'postConversationRecordingAnnotations',
  'postConversationsCallParticipantConsult',
  'postConversationsCallParticipantReplace',
  'postConversationsEmailMessages',
  'postConversationsMessageCommunicationMessages',
  'postShiftlineAccessAssertions',
  'postShiftlineAccessShiftexceptionEnd',
  'postShiftlineAccessShiftexceptions',
  'postShiftlineAccessShiftoverrideEnd',
  'postShiftlineAccessShiftoverrides',
  'postShiftlineAccessSimulate',
  'postShiftlineDiscoveryExportCancel',
  'postShiftlineDiscoveryExportPause',
  'postShiftlineDiscoveryExportResume',
  'postShiftlineDiscoveryExports',
  'postShiftlineMatterClose',
  'postShiftlineMatterHoldPause',
  'postShiftlineMatterHoldResume',
  'postShiftlineMatterHolds',
  'postShiftlineMatters',
  'postShiftlinePackagesVerifications',
  'postShiftlineRecordingdeletions',
  'postShiftlineRecordingdeletionsApprovals',
  'postShiftlineRecordingdeletionsWithdrawals',
  'postShiftlineRecordingsImports',
  'postShiftlineRecordingsPolicies',
  'postShiftlineRecordingsQuarantineItemRepair',
  'postShiftlineScheduleEdits',
  'postShiftlineScheduleEditsPreview',
  'postShiftlineScheduleOpenshifts',
  'postShiftlineScheduleRevisionRepublish',
  'postShiftlineWorkforceOpenshiftRelease',
  'postShiftlineWorkforceOpenshiftReview',
  'postShiftlineWorkforceOpenshiftTake',
  'postShiftlineWorkforceTradecycleAnswer',
  'postShiftlineWorkforceTradecycleReview',
  'postShiftlineWorkforceTradecyclesJobs',
  'postUsersSearch',
  'postWorkforcemanagementAgentschedulesMine',
  'postWorkforcemanagementBusinessunitShifttradingTradesEvaluateJobs',
  'postWorkforcemanagementBusinessunitShifttradingTradesStateBulkJobs',
  'postWorkforcemanagementBusinessunitShifttradingUnmatchedSearchJobs',
  'postWorkforcemanagementBusinessunitWeekScheduleAgentschedulesQuery',
  'postWorkforcemanagementManagementunitTimeoffrequestsQuery',
  'postWorkforcemanagementShifttradingTradeMatchJobs',
  'postWorkforcemanagementShifttradingTradeStateJobs',
  'postWorkforcemanagementShifttradingTradesJobs',
  'postWorkforcemanagementShifttradingTradesMineQueryJobs',
  'postWorkforcemanagementTimeoffbalanceJobs',
  'postWorkforcemanagementTimeoffrequests',
  'putRecordingJob',
  'putShiftlineAccessAssertion',
  'putShiftlineRecordingdeletionsSettings',
  'putShiftlineRecordingretention',
  'putShiftlineRecordingsPolicies',
  'putShiftlineRecordingsReasons',
  'putTelephonySettings',
  'putUserRoutingstatus',
]);

/** Every refusal of every operation has this one shape. */
const REFUSAL = 'ErrorBody';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** @param {{ paths: Record<string, Record<string, any>> }} whole */
function calledPaths(whole) {
  const missing = new Set(CALLED);
  const paths = {};
  for (const [path, item] of Object.entries(whole.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!CALLED.has(operation?.operationId)) continue;
      missing.delete(operation.operationId);
      const done = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
      paths[path] = { ...paths[path], [method]: { ...operation, responses: Object.fromEntries(done) } };
    }
  }
  if (missing.size > 0) throw new Error(`The document has no ${[...missing].join(', ')}.`);
  return paths;
}

/** Names of the schemas that a part of the document refers to, directly. */
function* referred(part) {
  if (part === null || typeof part !== 'object') return;
  for (const [key, value] of Object.entries(part)) {
    if (key === '$ref') yield value.slice(value.lastIndexOf('/') + 1);
    else yield* referred(value);
  }
}

function reachable(schemas, paths) {
  const found = new Map();
  const waiting = [REFUSAL, ...referred(paths)];
  for (const name of waiting) {
    if (found.has(name)) continue;
    found.set(name, schemas[name]);
    waiting.push(...referred(schemas[name]));
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const whole = JSON.parse(await text(process.stdin));
const paths = calledPaths(whole);
const { openapi, info } = whole;
const schemas = reachable(whole.components.schemas, paths);
const ast = await openapiTS({ openapi, info, paths, components: { schemas } }, { alphabetize: true });
process.stdout.write(
  `// Generated by \`npm run wire\` from the server's OpenAPI document; never edited.\n${astToString(ast)}`,
);
