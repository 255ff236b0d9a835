import { useState } from 'react';
import { Button, Trouble } from '../design/components';
import { Refusal } from '../foundation/api';
import { dayAndTime } from '../foundation/time';
import { useNames } from '../identity/queries';
import type { ActivityCode, OwnChange } from '../wire/api';
import styles from './Changes.module.css';
import { sentencesOf, splitSeen } from './changes';
import { useMyChanges } from './queries';

const keyOf = (meId: string) => `shiftline.changes-seen.${meId}`;

/** Up to when one has seen what changed; 0 where the browser keeps nothing. */
function readSeen(meId: string): number {
  try {
    return Number(window.localStorage.getItem(keyOf(meId)) ?? 0);
  } catch {
    return 0;
  }
}

function keepSeen(meId: string, latest: number): void {
  try {
    window.localStorage.setItem(keyOf(meId), String(latest));
  } catch {
    // Until the page is left, then: nothing depends on it.
  }
}

interface NoticesProps {
  meId: string;
  zone: string;
  codes: ActivityCode[];
}

/** What changed in one's own published work: new since the last look, and older behind a disclosure. */
export function ChangeNotices(props: NoticesProps) {
  const read = useMyChanges();
  if (read.data) return <Notices {...props} changes={read.data} isLate={read.isError} />;
  if (!read.isError) return null;
  // What could not be read is no quiet fortnight.
  return (
    <section aria-label="Changes of your schedule" className={styles.changes}>
      {read.error instanceof Refusal && read.error.status === 403 ? (
        <p className={styles.quiet}>
          What changed in your schedule is not for you to see: {read.error.message}
        </p>
      ) : (
        <Trouble onRetry={() => void read.refetch()}>
          Whether your schedule changed could not be read: {read.error.message}
        </Trouble>
      )}
    </section>
  );
}

function Notices({
  meId,
  zone,
  codes,
  changes,
  isLate,
}: NoticesProps & { changes: OwnChange[]; isLate: boolean }) {
  const names = useNames(changes.map(({ revision }) => revision.by.id));
  const codeNames = new Map(codes.map(({ id, name }) => [id, name]));
  const [seenMs, setSeen] = useState(() => readSeen(meId));
  if (changes.length === 0 && !isLate) return null;
  const { fresh, older } = splitSeen(changes, seenMs);
  const see = () => {
    const latest = Math.max(...changes.map(({ revision }) => Date.parse(revision.at)));
    keepSeen(meId, latest);
    setSeen(latest);
  };
  const list = (some: OwnChange[]) => (
    <ul className={styles.list}>
      {some.map((change) => (
        <li key={`${change.scheduleId} ${change.revision.number}`}>
          <span>{sentencesOf(change, codeNames).join(' ')}</span>{' '}
          <span className={styles.quiet}>
            {names.get(change.revision.by.id) ?? 'Somebody'},{' '}
            {dayAndTime(Date.parse(change.revision.at), zone)}
            {change.revision.reason && `: ${change.revision.reason}`}
          </span>
        </li>
      ))}
    </ul>
  );
  return (
    <section aria-label="Changes of your schedule" className={styles.changes}>
      {isLate && (
        <p className={styles.quiet}>What changed since then could not be read; it is tried again.</p>
      )}
      {fresh.length > 0 && (
        <>
          <h3>Changed since you last looked</h3>
          {list(fresh)}
          <div>
            <Button onPress={see}>Mark as seen</Button>
          </div>
        </>
      )}
      {older.length > 0 && (
        <details>
          <summary className={styles.quiet}>Earlier changes of the last two weeks</summary>
          {list(older)}
        </details>
      )}
    </section>
  );
}
