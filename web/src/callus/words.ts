import type { WebCallStatus } from '../wire/api';
import { CallRefused, CallUnreached } from './whip';

/** What the page does: before there is a call, in it, and after it. */
export type Stage =
  | { name: 'idle' }
  | { name: 'asking' }
  | { name: 'dialing' }
  | { name: 'call'; status: WebCallStatus; unreached: boolean }
  | { name: 'ended'; wasConnected: boolean }
  | { name: 'failed'; sentence: string; retryAfterSeconds: number | null };

export interface Words {
  title: string;
  more: string;
}

export function wordsOf(stage: Stage): Words {
  switch (stage.name) {
    case 'idle':
      return { title: 'Call us', more: 'Talk to us from this page. You need a microphone, nothing else.' };
    case 'asking':
      return { title: 'Your microphone, please', more: 'Your browser asks whether this page may use it.' };
    case 'dialing':
      return { title: 'Calling', more: 'One moment.' };
    case 'call':
      if (stage.unreached) {
        return {
          title: 'Interrupted',
          more: 'The call centre cannot be reached just now. This page keeps trying.',
        };
      }
      return callWords(stage.status);
    case 'ended':
      return stage.wasConnected
        ? { title: 'The call has ended', more: 'Thank you for calling.' }
        : { title: 'The call has ended', more: 'Nobody was connected. You are welcome to call again.' };
    case 'failed':
      return { title: 'The call did not work', more: stage.sentence };
  }
}

function callWords(status: WebCallStatus): Words {
  switch (status.state) {
    case 'connecting':
      return { title: 'Connecting', more: 'One moment.' };
    case 'waiting':
      return {
        title: placeText(status.position ?? null),
        more: waitText(status.expectedWaitSeconds ?? null),
      };
    case 'ringing':
      return { title: 'It rings', more: 'Somebody answers in a moment.' };
    case 'connected':
      return { title: 'Connected', more: 'You are talking.' };
    case 'held':
      return { title: 'On hold', more: 'You hear music until somebody is back with you.' };
    case 'lost':
      return { title: 'Interrupted', more: 'The sound is being connected again. Please stay.' };
    case 'ended':
      return { title: 'The call has ended', more: '' };
  }
}

function placeText(position: number | null): string {
  if (position === null) return 'You are in line';
  return position <= 1 ? 'You are next' : `You are number ${position} in line`;
}

function waitText(seconds: number | null): string {
  if (seconds === null) return 'Somebody is with you as soon as they can.';
  if (seconds < 45) return 'It takes less than a minute.';
  const minutes = Math.round(seconds / 60);
  return minutes <= 1 ? 'It takes about a minute.' : `It takes about ${minutes} minutes.`;
}

/** Why there is no call, for the person who wanted one. */
export function failureOf(error: unknown): Extract<Stage, { name: 'failed' }> {
  if (error instanceof CallRefused) return failed(error.message, error.retryAfterSeconds);
  if (error instanceof CallUnreached) return failed(error.message);
  if (error instanceof DOMException) return failed(microphoneText(error.name));
  return failed(error instanceof Error && error.message !== '' ? error.message : 'Something went wrong.');
}

function failed(
  sentence: string,
  retryAfterSeconds: number | null = null,
): Extract<Stage, { name: 'failed' }> {
  return { name: 'failed', sentence, retryAfterSeconds };
}

function microphoneText(name: string): string {
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'Your browser keeps the microphone from this page. Allow it with the icon beside the address, then call again.';
    case 'NotFoundError':
      return 'No microphone was found. Plug one in, then call again.';
    default:
      return 'The microphone could not be used. Another program may keep it.';
  }
}
