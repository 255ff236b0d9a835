import { Card, Skeleton, Trouble } from '../design/components';
import { useMe } from '../identity/queries';
import { useRecordedCalls } from './queries';
import { Calls } from './RecordedCalls';
import styles from './Recordings.module.css';
import { deniedSentence } from './recorded';

/** The recordings of one's own conversations, to listen to and to read. */
export function RecordingsCard() {
  const recorded = useRecordedCalls(useMe().data?.id);
  return (
    <Card title="Recordings of your conversations" id="recordings">
      {recorded.error && !recorded.data ? (
        <Missing error={recorded.error} onRetry={() => void recorded.refetch()} />
      ) : recorded.data ? (
        <Calls calls={recorded.data} none="None of your conversations was recorded yet." />
      ) : (
        <Skeleton height="2.5rem" />
      )}
    </Card>
  );
}

function Missing({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const sentence = deniedSentence(error);
  if (sentence !== null) return <p className={styles.quiet}>{sentence}</p>;
  return <Trouble onRetry={onRetry}>The recordings could not be read: {error.message}</Trouble>;
}
