import type { Tone } from '../design/components';
import type { BatchRequest, RecordingJob } from '../wire/api';

const count = (number: number) => number.toLocaleString('en-US');

const STATES: Record<string, { tone: Tone; text: string }> = {
  PENDING: { tone: 'wait', text: 'Being chosen' },
  READY: { tone: 'wait', text: 'Ready to begin' },
  PROCESSING: { tone: 'busy', text: 'Under way' },
  FULFILLED: { tone: 'good', text: 'Done' },
  CANCELLED: { tone: 'off', text: 'Cancelled' },
  FAILED: { tone: 'bad', text: 'Failed' },
};

const OVER = ['FULFILLED', 'CANCELLED', 'FAILED'];

export const JOB_STATES = [
  { id: '', name: 'Any' },
  ...Object.entries(STATES).map(([id, { text }]) => ({ id, name: text })),
];

/** How a job stands; a state that this page does not know is told as it is. */
export function jobChip(job: Pick<RecordingJob, 'state' | 'totalFailedRecordings'>): {
  tone: Tone;
  text: string;
} {
  const { state, totalFailedRecordings } = job;
  if (state === 'FULFILLED' && totalFailedRecordings > 0)
    return { tone: 'wait', text: 'Done, with failures' };
  return STATES[state] ?? { tone: 'off', text: state };
}

/** Whether nothing more happens by it. */
export const isOver = ({ state }: Pick<RecordingJob, 'state'>): boolean => OVER.includes(state);

/** Whether it goes on by itself. */
export const isMoving = ({ state }: Pick<RecordingJob, 'state'>): boolean =>
  state === 'PENDING' || state === 'PROCESSING';

const ACTIONS: Record<string, string> = { EXPORT: 'Export', DELETE: 'Delete', ARCHIVE: 'Archive' };

/** What a job is to do, as it was asked for: `Export, of conversations begun 27 Oct 2023, 11:00 UTC to 28 Oct 2023, 11:00 UTC`. */
export function askedText(asked: Record<string, unknown>, utcText: (instant: string) => string): string {
  const { action, conversationQuery } = asked as {
    action?: string;
    conversationQuery?: { interval?: string; limit?: number };
  };
  const what = ACTIONS[action ?? ''] ?? action ?? 'Something';
  const interval = conversationQuery?.interval;
  if (interval === undefined) return what;
  const most = conversationQuery?.limit == null ? '' : `, at most ${count(conversationQuery.limit)}`;
  return `${what}, of conversations begun ${interval.split('/').map(utcText).join(' to ')}${most}`;
}

/** `30 of 100 recordings are through: 28 done, 1 skipped, 1 failed.` */
export function progressText(job: RecordingJob): string {
  const { totalRecordings, totalProcessedRecordings, totalSkippedRecordings, totalFailedRecordings } = job;
  if (job.state === 'PENDING') return 'It is being looked which recordings it is for.';
  const through = totalProcessedRecordings + totalSkippedRecordings + totalFailedRecordings;
  const parts = [
    `${count(totalProcessedRecordings)} done`,
    `${count(totalSkippedRecordings)} skipped`,
    `${count(totalFailedRecordings)} failed`,
  ];
  return `${count(through)} of ${count(totalRecordings)} recordings are through: ${parts.join(', ')}.`;
}

/** How a batch request stands. */
export function batchChip(batch: Pick<BatchRequest, 'status' | 'errorCount'>): { tone: Tone; text: string } {
  if (batch.status !== 'Completed') return { tone: 'busy', text: 'Under way' };
  return batch.errorCount > 0
    ? { tone: 'wait', text: 'Done, with failures' }
    : { tone: 'good', text: 'Done' };
}

/** `3 of 4 are settled, 1 of them cannot be had.` */
export function batchText(batch: Pick<BatchRequest, 'expectedResultCount' | 'resultCount' | 'errorCount'>) {
  const { expectedResultCount, resultCount, errorCount } = batch;
  const failed = errorCount > 0 ? `, ${count(errorCount)} of them cannot be had` : '';
  return `${count(resultCount)} of ${count(expectedResultCount)} are settled${failed}.`;
}
