import { useState } from 'react';
import { Button, Card, Failure, Skeleton } from '../design/components';
import { LineField, SelectField } from '../design/fields';
import { Pager } from '../design/Pager';
import { useChoices } from '../legal/queries';
import { Missing } from '../team/Missing';
import { ALL, searchOf } from './finding';
import styles from './Governing.module.css';
import { FOUND_ON_A_PAGE, useFoundCalls } from './queries';
import { Calls } from './RecordedCalls';

/** Recordings of everybody whom one may hear, to be looked for and listened to. */
export function FoundCard() {
  const [typed, setTyped] = useState(ALL);
  const [asked, setAsked] = useState({ query: '', page: 1 });
  const [missing, setMissing] = useState<string | null>(null);
  const { people, queues } = useChoices();
  const found = useFoundCalls(asked.query, asked.page);
  const set = (part: Partial<typeof typed>) => setTyped({ ...typed, ...part });
  const look = () => {
    const search = searchOf(typed);
    setMissing('missing' in search ? search.missing : null);
    if ('query' in search) setAsked({ query: search.query, page: 1 });
  };
  return (
    <Card title="Recordings" id="found">
      <form
        className={styles.filters}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <div className={styles.choose}>
          <SelectField
            label="Agent"
            choices={[{ id: '', name: 'Anybody' }, ...people]}
            chosen={typed.userId}
            onChoose={(userId) => set({ userId })}
          />
          <SelectField
            label="Queue"
            choices={[{ id: '', name: 'Any or none' }, ...queues]}
            chosen={typed.queueId}
            onChoose={(queueId) => set({ queueId })}
          />
          <LineField
            label="Begun from (UTC)"
            type="datetime-local"
            value={typed.from}
            onChange={(from) => set({ from })}
          />
          <LineField
            label="Until (UTC)"
            type="datetime-local"
            value={typed.until}
            onChange={(until) => set({ until })}
          />
          <LineField
            label="Ids of conversations"
            value={typed.conversations}
            onChange={(conversations) => set({ conversations })}
          />
        </div>
        {missing !== null && <Failure>{missing}</Failure>}
        <div className={styles.actions}>
          <Button type="submit">Look for them</Button>
        </div>
      </form>
      {found.isError ? (
        <Missing what="Recordings" error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height="9rem" />
      ) : (
        <>
          <Calls
            calls={found.data.calls}
            none={asked.query ? 'No recording is of all that.' : 'Nothing was recorded yet.'}
          />
          <Pager
            what="recordings"
            page={asked.page}
            size={FOUND_ON_A_PAGE}
            total={found.data.total}
            onPage={(page) => setAsked({ ...asked, page })}
          />
        </>
      )}
    </Card>
  );
}
