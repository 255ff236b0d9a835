import { DialogTrigger } from 'react-aria-components';
import { useNow } from '../app/services';
import { Button, Skeleton, Trouble } from '../design/components';
import { Panel } from '../design/fields';
import { Icon } from '../design/icons';
import { Refusal } from '../foundation/api';
import { lastedText } from '../foundation/time';
import { useMe } from '../identity/queries';
import { useUnit } from '../schedule/queries';
import { type Moment, tellStories } from './offers';
import { useOffers, useWaiting, type WaitingLine } from './queries';
import styles from './WhyNotMe.module.css';

/** A button that tells who was asked for a call, and why not oneself. */
export function WhyNotMe({ conversationId, label }: { conversationId: string; label: string }) {
  return (
    <DialogTrigger>
      <Button look="quiet">
        <Icon name="question" size={18} /> {label}
      </Button>
      <Panel title={label} wide>
        <Explanation conversationId={conversationId} />
      </Panel>
    </DialogTrigger>
  );
}

function Explanation({ conversationId }: { conversationId: string }) {
  const read = useOffers(conversationId);
  const meId = useMe().data?.id;
  const zone = useUnit().data?.timeZone ?? 'UTC';
  if (read.error) return <Missing error={read.error} onRetry={() => void read.refetch()} />;
  if (!read.data || meId === undefined) return <Skeleton height="6rem" />;
  const { offers, names } = read.data;
  return tellStories(offers, { meId, names, zone }).map((story) => (
    <section key={story.headline} className={styles.story}>
      <p className={styles.headline}>{story.headline}</p>
      {story.moments.map((moment) => (
        <Choice key={moment.key} moment={moment} />
      ))}
    </section>
  ));
}

function Missing({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (error instanceof Refusal && error.status === 404) {
    return <p>This call came from no queue, so nobody was chosen for it.</p>;
  }
  return <Trouble onRetry={onRetry}>Not readable just now: {error.message}</Trouble>;
}

function Choice({ moment }: { moment: Moment }) {
  return (
    <div className={styles.moment}>
      <p>{moment.sentence}</p>
      {moment.mine.length > 0 && (
        <p className={styles.mine}>
          Why not you: <span>{moment.mine.join(' ')}</span>
        </p>
      )}
      {moment.others.length > 0 && (
        <ul className={styles.others}>
          {moment.others.map(({ who, reasons }) => (
            <li key={who + reasons[0]}>
              <span className={styles.who}>{who}</span> {reasons.join(' ')}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Somebody who has just called is about to be offered to somebody. */
const A_MOMENT_MS = 10_000;

/** Who waits in one's queues while nobody, or somebody else, takes them. */
export function Waiting() {
  const now = useNow(1000);
  const lines = useWaiting().filter(({ first }) => now - Date.parse(first.enqueuedAt) > A_MOMENT_MS);
  return (
    <ul className={styles.waiting}>
      {lines.map((line) => (
        <li key={line.queue.id}>
          <span>{waitingText(line, now)}</span>
          <WhyNotMe conversationId={line.first.conversation.id} label="Why not me?" />
        </li>
      ))}
    </ul>
  );
}

function waitingText({ queue, total, first }: WaitingLine, now: number): string {
  const waited = lastedText(now - Date.parse(first.enqueuedAt));
  return total === 1
    ? `One waits in ${queue.name}, for ${waited}.`
    : `${total} wait in ${queue.name}, the first for ${waited}.`;
}
