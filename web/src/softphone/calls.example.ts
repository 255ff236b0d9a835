import type { CallPart, Conversation, Participant } from '../wire/api';

/** Conversations as the server tells them, for tests: at 06:00 in Chicago on the founding case's day. */
export const ME = 'ana';
export const START = '2023-10-27T11:00:00.000Z';
export const START_MS = Date.parse(START);

const NO_WRAPUP = { wrapupRequired: false, wrapupSkipped: false, startTime: START };
const QUIET = {
  muted: false,
  held: false,
  confined: false,
  recording: false,
  recordingState: 'none' as const,
};

type Change = Partial<Omit<Participant, 'calls'>> & { call?: Partial<CallPart> };

function participant(base: Omit<Participant, 'calls'>, call: CallPart, change: Change): Participant {
  const { call: part, ...rest } = change;
  return { ...base, ...rest, calls: [{ ...call, ...part }] };
}

export const customer = (change: Change = {}) =>
  participant(
    { ...NO_WRAPUP, id: 'p-customer', purpose: 'customer', name: 'Web caller' },
    { ...QUIET, state: 'connected', direction: 'inbound', connectedTime: START },
    change,
  );

export const queue = (change: Change = {}) =>
  participant(
    { ...NO_WRAPUP, id: 'p-queue', purpose: 'acd', queueId: 'q-support', queueName: 'Support' },
    { ...QUIET, state: 'disconnected', direction: 'inbound' },
    change,
  );

export const agent = (change: Change = {}) =>
  participant(
    {
      ...{ ...NO_WRAPUP, id: 'p-ana', purpose: 'agent', userId: ME, name: 'Ana Ruiz' },
      ...{ queueId: 'q-support', queueName: 'Support', alertingTimeoutMs: 20_000 },
    },
    { ...QUIET, state: 'connected', direction: 'inbound', startAlertingTime: START, connectedTime: START },
    change,
  );

export const colleague = (change: Change = {}) =>
  participant(
    { ...NO_WRAPUP, id: 'p-ben', purpose: 'agent', userId: 'ben', name: 'Ben Okafor' },
    { ...QUIET, state: 'connected', direction: 'inbound', connectedTime: START },
    change,
  );

export const RINGING = { call: { state: 'alerting', connectedTime: null } } satisfies Change;

export function conversation(...participants: Participant[]): Conversation {
  return { id: 'c-1', participants };
}
