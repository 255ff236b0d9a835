import { expect, it } from 'vitest';
import type { RecordingJob } from '../wire/api';
import { askedText, batchChip, batchText, isMoving, isOver, jobChip, progressText } from './jobs';

const job = (change: Partial<RecordingJob>): RecordingJob => ({
  ...{ id: 'j-1', user: { id: 'u-1' }, state: 'PROCESSING', recordingJobsQuery: {} },
  ...{ dateCreated: '2023-10-27T11:00:00Z', totalConversations: 60, totalRecordings: 1_000 },
  ...{ totalSkippedRecordings: 1, totalFailedRecordings: 2, totalProcessedRecordings: 30 },
  ...{ percentProgress: 3, failedRecordings: '', selfUri: '' },
  ...change,
});

it('says what a job is for, as it was asked', () => {
  const asked = { action: 'DELETE', conversationQuery: { interval: 'a/b', limit: 2_000 } };
  expect(askedText(asked, (each) => each.toUpperCase())).toBe(
    'Delete, of conversations begun A to B, at most 2,000',
  );
  expect(askedText({ action: 'SHRED' }, String)).toBe('SHRED');
  expect(askedText({}, String)).toBe('Something');
});

it('says how far a job is', () => {
  expect(progressText(job({}))).toBe('33 of 1,000 recordings are through: 30 done, 1 skipped, 2 failed.');
  expect(progressText(job({ state: 'PENDING', totalRecordings: 0 }))).toBe(
    'It is being looked which recordings it is for.',
  );
});

it('knows what goes on by itself, and never makes a state up', () => {
  expect(['PENDING', 'READY', 'PROCESSING'].map((state) => isMoving({ state }))).toEqual([true, false, true]);
  expect(['READY', 'FAILED', 'FULFILLED'].map((state) => isOver({ state }))).toEqual([false, true, true]);
  expect(jobChip(job({ state: 'SLEEPING' }))).toEqual({ tone: 'off', text: 'SLEEPING' });
});

it('does not pass for done without more when something failed', () => {
  expect(jobChip(job({ state: 'FULFILLED' })).text).toBe('Done, with failures');
  expect(jobChip(job({ state: 'FULFILLED', totalFailedRecordings: 0 })).text).toBe('Done');
});

it('says of a batch request what cannot be had', () => {
  const batch = { status: 'Completed', expectedResultCount: 1_200, resultCount: 1_200, errorCount: 1 };
  expect(batchText(batch)).toBe('1,200 of 1,200 are settled, 1 of them cannot be had.');
  expect(batchChip(batch).text).toBe('Done, with failures');
  expect(batchChip({ ...batch, errorCount: 0 }).text).toBe('Done');
  expect(batchChip({ ...batch, status: 'InProgress' }).text).toBe('Under way');
});
