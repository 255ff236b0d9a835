import { timeOfDay } from '../foundation/time';
import type { ConversationOffers, Evidence, Interaction, Offer } from '../wire/api';

/** How a conversation looked for an agent, in the order in which a person who did not get it wants to know. */
export interface Story {
  /** Where it is now, or what became of it. */
  headline: string;
  moments: Moment[];
}

/** One choice: who was asked, why not oneself, and why not the others. */
export interface Moment {
  key: string;
  sentence: string;
  /** Why not oneself; empty where one was asked, or where nothing is told. */
  mine: string[];
  others: { who: string; reasons: string[] }[];
}

/** `meId`: who asks. `names`: of people, by id. `zone`: in which instants are read. */
export interface Reader {
  meId: string;
  names: ReadonlyMap<string, string>;
  zone: string;
}

/** Everybody whom it tells of. */
export function peopleIn(offers: ConversationOffers): string[] {
  const ids = offers.interactions.flatMap((interaction) => [
    interaction.userId,
    ...interaction.offers.flatMap((offer) => [offer.userId, ...passedIn(offer.considered)]),
    ...(interaction.nobodyFree ? passedIn(interaction.nobodyFree) : []),
  ]);
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
}

function passedIn(evidence: Evidence): string[] {
  return evidence.passedOver.flatMap(({ userIds }) => [...userIds]);
}

/** Latest first: what was chosen last explains what is now. */
export function tellStories(offers: ConversationOffers, reader: Reader): Story[] {
  return offers.interactions.map((interaction) => tellStory(interaction, reader)).reverse();
}

function tellStory(interaction: Interaction, reader: Reader): Story {
  const moments = interaction.offers.map((offer) => ({
    ...explain(offer.considered, reader),
    key: offer.id,
    sentence: `${clock(offer.offeredAt, reader)}: ${offerSentence(offer, reader)}`,
  }));
  const { nobodyFree } = interaction;
  if (nobodyFree) {
    moments.push({
      ...explain(nobodyFree, reader),
      key: 'nobody',
      sentence: `${clock(nobodyFree.at, reader)}: nobody was free.`,
    });
  }
  return { headline: headline(interaction, reader), moments: moments.reverse() };
}

function headline(interaction: Interaction, reader: Reader): string {
  const queue = interaction.queue.name ?? 'the queue';
  const since = clock(interaction.enqueuedAt, reader);
  switch (interaction.state) {
    case 'waiting':
      return `Waits in ${queue} since ${since}${placeText(interaction.position)}.`;
    case 'offered':
      return `In ${queue} since ${since}, and rings now.`;
    case 'assigned':
      return `${nameOf(interaction.userId, reader)} took it, ${queue}, at ${clock(interaction.assignedAt, reader)}.`;
    default:
      return interaction.userId
        ? `${nameOf(interaction.userId, reader)} took it, ${queue}. It is over.`
        : `It left ${queue} at ${clock(interaction.endedAt, reader)}; nobody had taken it.`;
  }
}

function placeText(position: number | null | undefined): string {
  if (position == null) return '';
  return position === 1 ? ', first in line' : `, number ${position} in line`;
}

const SETTLED: Record<string, string> = {
  alerting: 'it rings there now',
  accepted: 'answered',
  declined: 'declined',
  missed: 'not answered in time',
  withdrawn: 'taken back',
  failed: 'answered, but the phone did not come up',
};

function offerSentence(offer: Offer, reader: Reader): string {
  const who = offer.userId === reader.meId ? 'you' : nameOf(offer.userId, reader);
  return `offered to ${who}: ${SETTLED[offer.state] ?? offer.state}.`;
}

function explain(evidence: Evidence, reader: Reader): Pick<Moment, 'mine' | 'others'> {
  const mine: string[] = [];
  const others: Moment['others'] = [];
  for (const { userIds, reasons } of evidence.passedOver) {
    const sentences = reasons.map(({ sentence }) => sentence);
    if (userIds.includes(reader.meId)) mine.push(...sentences.map(toYou));
    const rest = userIds.filter((id) => id !== reader.meId);
    if (rest.length > 0) others.push({ who: listed(rest, reader), reasons: sentences });
  }
  return { mine, others };
}

const NAMED = 3;

/** `Ana, Ben and 4 others`. */
function listed(ids: string[], reader: Reader): string {
  const known = ids.map((id) => reader.names.get(id)).filter((name) => name !== undefined);
  const named = known.slice(0, ids.length <= NAMED + 1 ? ids.length : NAMED);
  const rest = ids.length - named.length;
  if (named.length === 0) return ids.length === 1 ? 'A colleague' : `${ids.length} colleagues`;
  if (rest > 0) return `${named.join(', ')} and ${rest} ${rest === 1 ? 'other' : 'others'}`;
  return named.length === 1 ? (named[0] ?? '') : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
}

function nameOf(id: string | null | undefined, reader: Reader): string {
  if (id == null) return 'Somebody';
  return id === reader.meId ? 'You' : (reader.names.get(id) ?? 'A colleague');
}

function clock(instant: string | null | undefined, reader: Reader): string {
  return instant ? timeOfDay(Date.parse(instant), reader.zone) : 'a time that is not known';
}

const YOU: Record<string, string> = { They: 'You', they: 'you', them: 'you', their: 'your' };

/** What is said of somebody, said to them. */
export function toYou(sentence: string): string {
  return sentence.replaceAll(/\b(They|they|them|their)\b/g, (word) => YOU[word] ?? word);
}
