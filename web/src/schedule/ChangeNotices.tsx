import { useState } from 'react';
import { Button } from '../design/components';
import { dayAndTime } from '../foundation/time';
import { useNames } from '../identity/queries';
import type { OwnChange } from '../wire/api';
import { sentencesOf, splitSeen } from './changes';
import { useMyChanges } from './queries';

const keyOf = (meId: string) => `shiftline.changes-seen.${meId}`;

/** What changed in one's own published work: new since the last look, and older behind a disclosure. */
export function ChangeNotices({ meId, zone }: { meId: string; zone: string }) {
  const changes = useMyChanges().data ?? [];
  const names = useNames(changes.map(({ revision }) => revision.by.id));
  const [seenMs, setSeen] = useState(() => Number(window.localStorage.getItem(keyOf(meId)) ?? 0));
  if (changes.length === 0) return null;
  const { fresh, older } = splitSeen(changes, seenMs);
  const see = () => {
    const latest = Math.max(...changes.map(({ revision }) => Date.parse(revision.at)));
    window.localStorage.setItem(keyOf(meId), String(latest));
    setSeen(latest);
  };
  const list = (some: OwnChange[]) => (
    <ul>
      {some.map((change) => (
        <li key={`${change.scheduleId} ${change.revision.number}`}>
          {names.get(change.revision.by.id) ?? 'Somebody'}, {dayAndTime(Date.parse(change.revision.at), zone)}
          : {sentencesOf(change).join(' ')} {change.revision.reason && `Reason: ${change.revision.reason}`}
        </li>
      ))}
    </ul>
  );
  return (
    <section aria-label="Changes of your schedule">
      {fresh.length > 0 && (
        <>
          <h3>Changed since you last looked</h3>
          {list(fresh)}
          <Button onPress={see}>Mark as seen</Button>
        </>
      )}
      {older.length > 0 && (
        <details>
          <summary>Earlier changes of the last two weeks</summary>
          {list(older)}
        </details>
      )}
    </section>
  );
}
