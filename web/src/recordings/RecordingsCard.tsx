import { useState } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { Card, Skeleton, Trouble } from '../design/components';
import { Icon } from '../design/icons';
import { placeOf, stopwatch } from '../foundation/time';
import { useMe } from '../identity/queries';
import { Transcript } from '../messaging/WrittenCard';
import { Player } from './Player';
import { useRecordedCalls } from './queries';
import styles from './Recordings.module.css';
import {
  deniedSentence,
  endedSentence,
  lossText,
  messagesText,
  type RecordedCall,
  shortHash,
  startText,
  stateSentence,
} from './recorded';

/** The recordings of one's own conversations, to listen to and to read. */
export function RecordingsCard() {
  const recorded = useRecordedCalls(useMe().data?.id);
  return (
    <Card title="Recordings of your conversations" id="recordings">
      {recorded.error && !recorded.data ? (
        <Missing error={recorded.error} onRetry={() => void recorded.refetch()} />
      ) : recorded.data ? (
        <Calls calls={recorded.data} />
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

function Calls({ calls }: { calls: RecordedCall[] }) {
  if (calls.length === 0) return <p className={styles.quiet}>None of your conversations was recorded yet.</p>;
  return (
    <ul className={styles.list}>
      {calls.map((call) => (
        <li key={call.conversationId}>
          <Recorded call={call} />
        </li>
      ))}
    </ul>
  );
}

function Recorded({ call }: { call: RecordedCall }) {
  const sentence = stateSentence(call);
  const [isOpen, setOpen] = useState(false);
  return (
    <Disclosure
      className={styles.call}
      isDisabled={call.state !== 'sealed'}
      isExpanded={isOpen}
      onExpandedChange={setOpen}
    >
      <Heading level={3}>
        <AriaButton slot="trigger" className={styles.trigger ?? ''}>
          <Icon name={call.state !== 'sealed' ? 'record' : call.written ? 'note' : 'play'} size={18} />
          <span className={styles.when}>{startText(call)}</span>
          <span className={styles.who}>
            {call.who}
            {call.queue !== null && ` · ${call.queue}`}
          </span>
          <span className={styles.length}>
            {sentence ?? (call.total === null ? '' : stopwatch(call.total * 1000))}
          </span>
        </AriaButton>
      </Heading>
      <DisclosurePanel className={styles.panel ?? ''}>
        {/* Whoever looks at a waveform stands in its access log: only what is opened is asked for. */}
        {isOpen && call.written && <Transcript id={call.conversationId} />}
        {isOpen && !call.written && call.total !== null && <Player call={call} total={call.total} />}
        {isOpen && <Facts call={call} />}
      </DisclosurePanel>
    </Disclosure>
  );
}

function Facts({ call }: { call: RecordedCall }) {
  const agents = call.legs.filter(({ purpose }) => purpose === 'agent' || purpose === 'user');
  return (
    <dl className={styles.facts}>
      <dt>Began</dt>
      <dd>
        {startText(call)} ({placeOf(call.zone)})
      </dd>
      {call.queue !== null && (
        <>
          <dt>Queue</dt>
          <dd>{call.queue}</dd>
        </>
      )}
      {agents.length > 0 && (
        <>
          <dt>{agents.length === 1 ? 'Agent' : 'Agents'}</dt>
          <dd>{[...new Set(agents.map(({ name }) => name))].join(', ')}</dd>
        </>
      )}
      {call.legs.map((leg) => (
        <div key={leg.id} className={styles.leg}>
          <dt>{leg.name}</dt>
          <dd>
            {stopwatch(leg.place.length * 1000)}
            {call.written ? `, ${messagesText(leg.packets ?? 0)}` : lossText(leg)}
            {leg.sha256 !== null && (
              <>
                , SHA-256 <code title={leg.sha256}>{shortHash(leg.sha256)}</code>
              </>
            )}
            {endedSentence(leg.endedBy) && <> {endedSentence(leg.endedBy)}</>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
