import { useState } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { Icon } from '../design/icons';
import { placeOf, stopwatch } from '../foundation/time';
import { Keeping } from '../legal/Keeping';
import { Transcript } from '../messaging/WrittenCard';
import { Marking } from './Marking';
import { Player } from './Player';
import styles from './Recordings.module.css';
import {
  endedSentence,
  lossText,
  messagesText,
  type RecordedCall,
  shortHash,
  startText,
  stateSentence,
} from './recorded';

/** Recorded conversations, each to be opened. `none`: what is said where there are none. */
export function Calls({ calls, none }: { calls: RecordedCall[]; none: string }) {
  if (calls.length === 0) return <p className={styles.quiet}>{none}</p>;
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
        {isOpen && <Marking call={call} />}
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
            {leg.isImported && <> Imported: it was recorded elsewhere, and is kept as it came.</>}
            <Keeping recordingId={leg.id} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
