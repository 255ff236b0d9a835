/** A conversation as the server tells it, over REST and on the topic `v2.users.{id}.conversations` alike. */
export interface Conversation {
  id: string;
  startTime?: string | null;
  endTime?: string | null;
  participants: Participant[];
}

export type Purpose = 'customer' | 'acd' | 'agent' | 'user' | 'external';

export interface Participant {
  id: string;
  purpose: string;
  name?: string | null;
  address?: string | null;
  userId?: string | null;
  queueId?: string | null;
  queueName?: string | null;
  startTime?: string | null;
  connectedTime?: string | null;
  endTime?: string | null;
  consultParticipantId?: string | null;
  alertingTimeoutMs?: number | null;
  wrapupRequired?: boolean | null;
  wrapupPrompt?: WrapupPrompt | null;
  wrapupTimeoutMs?: number | null;
  wrapupSkipped?: boolean | null;
  wrapup?: { code?: string | null; name?: string | null; provisional?: boolean | null } | null;
  startAcwTime?: string | null;
  endAcwTime?: string | null;
  calls?: CallPart[] | null;
}

export type WrapupPrompt = 'mandatory' | 'optional' | 'agentRequested' | 'timeout' | 'forcedTimeout';

/** A participant's call. `held`: put on hold by this participant; `confined`: hears music because of another's hold or consultation. */
export interface CallPart {
  state: CallState;
  direction?: 'inbound' | 'outbound' | null;
  muted?: boolean | null;
  held?: boolean | null;
  confined?: boolean | null;
  recording?: boolean | null;
  disconnectType?: string | null;
  errorInfo?: { message?: string | null } | null;
  startAlertingTime?: string | null;
  startHoldTime?: string | null;
  connectedTime?: string | null;
  disconnectedTime?: string | null;
}

export type CallState =
  | 'offering'
  | 'contacting'
  | 'alerting'
  | 'dialing'
  | 'connected'
  | 'disconnected'
  | 'terminated'
  | 'none';

export interface WrapupCode {
  id: string;
  name: string;
  description?: string | null;
}
