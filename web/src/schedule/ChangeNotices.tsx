import { useState } from 'react';
import { Button } from '../design/components';
import { dayAndTime } from '../foundation/time';
import { useNames } from '../identity/queries';
import type { OwnChange } from '../wire/api';
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

/** What changed in one's own published work: new since the last look, and older behind a disclosure. */
export function ChangeNotices({ meId, zone }: { meId: string; zone: string }) {
  const changes = useMyChanges().data ?? [];
  const names = useNames(changes.map(({ revision }) => revision.by.id));
  const [seenMs, setSeen] = useState(() => readSeen(meId));
  if (changes.length === 0) return null;
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
          <span>{sentencesOf(change).join(' ')}</span>{' '}
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
