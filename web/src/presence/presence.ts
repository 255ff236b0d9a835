import type { PresenceDefinition, RoutingState, SystemPresence, UserPresence } from '../wire/api';

/** In the order in which a working day uses them. Idle is the server's to find, not a person's to choose. */
const ORDER: SystemPresence[] = [
  'OnQueue',
  'Available',
  'Busy',
  'Break',
  'Meal',
  'Meeting',
  'Training',
  'Away',
  'Offline',
];

export type Tone = 'good' | 'wait' | 'busy' | 'off';

export function orderDefinitions(definitions: PresenceDefinition[]): PresenceDefinition[] {
  const rank = (definition: PresenceDefinition) =>
    ORDER.indexOf(definition.systemPresence) * 2 + (definition.type === 'User' ? 1 : 0);
  return definitions
    .filter((definition) => !definition.deactivated && ORDER.includes(definition.systemPresence))
    .sort((a, b) => rank(a) - rank(b) || nameOf(a).localeCompare(nameOf(b)));
}

export function nameOf(definition: PresenceDefinition): string {
  const labels = definition.languageLabels;
  return labels.en_US ?? labels.en ?? Object.values(labels)[0] ?? presenceName(definition.systemPresence);
}

export function presenceName(presence: SystemPresence): string {
  return presence === 'OnQueue' ? 'On queue' : presence;
}

/**
 * What somebody who was offline becomes when their softphone is ready: available, by its id, as on the vendor's own desk.
 * Null when they are not offline, or offline by their own choice.
 */
export function arrivalOf(
  presence: Pick<UserPresence, 'presenceDefinition'>,
  definitions: PresenceDefinition[],
  chosenId: string | undefined,
): string | null {
  const current = presence.presenceDefinition;
  const isOffline = current == null || current.systemPresence === 'Offline';
  if (!isOffline || (chosenId !== undefined && chosenId === current?.id)) return null;
  return presenceFor(definitions, 'Available');
}

/** The organization's own on-queue and available presences, by their ids: what one press goes to. */
export function presenceFor(definitions: PresenceDefinition[], wanted: SystemPresence): string | null {
  const found = definitions.find(
    ({ type, systemPresence }) => type === 'System' && systemPresence === wanted,
  );
  return found?.id ?? null;
}

/** What the routing status means for whoever waits for calls. */
export function routingSentence(status: RoutingState): string {
  switch (status) {
    case 'OFF_QUEUE':
      return 'Off queue. No calls are offered to you.';
    case 'IDLE':
      return 'On queue. The next call may be yours.';
    case 'INTERACTING':
      return 'On queue, at work on a call.';
    case 'COMMUNICATING':
      return 'On queue, in a call that came from no queue.';
    case 'NOT_RESPONDING':
      return 'A call was missed or lost here, so no more calls are offered to you.';
  }
}

/** A failure is worth saying until the presence was read again after it was asked for. Both times are the machine's, in milliseconds. */
export function stillFailed(change: { status: string; submittedAt: number }, readAt: number): boolean {
  return change.status === 'error' && readAt <= change.submittedAt;
}

export function toneOf(presence: SystemPresence | null | undefined): Tone {
  switch (presence) {
    case 'OnQueue':
    case 'Available':
      return 'good';
    case 'Busy':
    case 'Meeting':
    case 'Training':
      return 'busy';
    case 'Break':
    case 'Meal':
    case 'Away':
    case 'Idle':
      return 'wait';
    default:
      return 'off';
  }
}
