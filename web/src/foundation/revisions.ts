/** The header of an answer: how far the truth was that it read or wrote. */
export const TOLD = 'shiftline-revision';
/** The header of a read: how far the truth must be that answers it, at least. */
export const WANTED = 'shiftline-min-revision';

/**
 * How new what is read must be, so that what was written or seen before is in it. A read that names a revision may be answered by a
 * replica that has come so far; one that names none is answered by the primary. So none is named before anything was written, and
 * none after news: it may tell of what no replica has yet, and nobody knows how far that is.
 */
export interface Revisions {
  /** What a request that begins now has to name; null: nothing. */
  least: () => string | null;
  /** To be called when a request begins; what it returns takes the revision that the answer tells. */
  begin: (method: string) => (told: string | null) => void;
  /** What was heard or refused: nothing is named until something is written again. */
  forget: () => void;
}

export function createRevisions(): Revisions {
  let least: string | null = null;
  let forgotten = 0;
  return {
    least: () => least,
    begin: (method) => {
      const begun = forgotten;
      return (told) => {
        // What began before it was forgotten may have been answered from before it, too.
        if (told === null || begun !== forgotten) return;
        if (least === null ? method !== 'GET' : told > least) least = told;
      };
    },
    forget: () => {
      least = null;
      forgotten += 1;
    },
  };
}
