/** By what recordings are looked for; the empty text restricts nothing. Times are UTC, as fields of the browser give them. */
export interface TypedSearch {
  userId: string;
  queueId: string;
  conversations: string;
  from: string;
  until: string;
}

export const ALL: TypedSearch = { userId: '', queueId: '', conversations: '', from: '', until: '' };

const PARTS_OF_IDS = /[\s,;]+/;

/** A search as part of an address, or a sentence that says what is missing. */
export function searchOf(typed: TypedSearch): { query: string } | { missing: string } {
  if (Boolean(typed.from) !== Boolean(typed.until))
    return { missing: 'A time needs both its beginning and its end.' };
  if (typed.from && typed.until <= typed.from) return { missing: 'The time must end after it begins.' };
  const query = new URLSearchParams();
  if (typed.userId) query.set('userId', typed.userId);
  if (typed.queueId) query.set('queueId', typed.queueId);
  const ids = typed.conversations.split(PARTS_OF_IDS).filter(Boolean);
  if (ids.length > 0) query.set('conversationId', ids.join());
  if (typed.from) query.set('interval', `${typed.from}:00Z/${typed.until}:00Z`);
  return { query: query.toString() };
}
