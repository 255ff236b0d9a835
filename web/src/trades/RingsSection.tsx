import { useState } from 'react';
import { Button, Chip, Failure, Skeleton, Trouble } from '../design/components';
import { isChanged, Refusal } from '../foundation/api';
import { useUnit } from '../schedule/queries';
import type { Ring, RingMember } from '../wire/api';
import { useReader } from './queries';
import { useAnswerRing, useMyRings } from './ringQueries';
import {
  ANSWERS,
  isPending,
  moveText,
  orderRings,
  partOf,
  peopleOfRings,
  RING_STATES,
  ringPaid,
  ringReason,
  ringVerdicts,
  sentenceOf,
} from './rings';
import styles from './Trades.module.css';
import { momentText, nameOf, type Reader, told } from './trades';
import { PaidTime, Verdicts } from './Verdicts';

/** What is over stays to be seen for a while. */
const OVER_SHOWN = 3;

/** The exchanges among several that ask the reader, and what became of the last ones. */
export function RingsSection({ onSaid }: { onSaid: (sentence: string) => void }) {
  const unitId = useUnit().data?.id;
  if (!unitId) return null;
  return (
    <section className={styles.rings} aria-labelledby="rings">
      <h3 id="rings">Exchanges among several</h3>
      <Exchanges unitId={unitId} onSaid={onSaid} />
    </section>
  );
}

function Exchanges({ unitId, onSaid }: { unitId: string; onSaid: (sentence: string) => void }) {
  const rings = useMyRings(useUnit().data);
  const reader = useReader(peopleOfRings(rings.data ?? []));
  if (rings.isError && !rings.data) {
    return <Unread error={rings.error} onRetry={() => void rings.refetch()} />;
  }
  if (!rings.data || !reader) return <Skeleton height="2.5rem" />;
  const ordered = orderRings(rings.data);
  const shown = ordered.slice(0, ordered.filter(isPending).length + OVER_SHOWN);
  if (shown.length === 0) {
    return (
      <p className={styles.quiet}>
        None is proposed to you. They are found among open offers: each of you gets the shift of the next.
      </p>
    );
  }
  return (
    <ul className={styles.list}>
      {shown.map((ring) => (
        <li key={ring.id}>
          <Exchange ring={ring} unitId={unitId} reader={reader} onSaid={onSaid} />
        </li>
      ))}
    </ul>
  );
}

function Unread({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (error instanceof Refusal && error.status === 403) {
    return <p className={styles.quiet}>They are not for you to see: {error.message}</p>;
  }
  return <Trouble onRetry={onRetry}>They could not be read: {error.message}</Trouble>;
}

interface ExchangeProps {
  ring: Ring;
  unitId: string;
  reader: Reader;
  onSaid: (sentence: string) => void;
}

function Exchange({ ring, unitId, reader, onSaid }: ExchangeProps) {
  const own = partOf(ring, reader.meId);
  if (!own) return null;
  const { tone, text } = RING_STATES[ring.state];
  const title = sentenceOf(own, reader);
  return (
    <article className={styles.own} aria-label={title}>
      <div className={styles.head}>
        <h4 className={styles.shift}>{title}</h4>
        <Chip tone={tone}>{text}</Chip>
      </div>
      <Members members={ring.members.filter((each) => each !== own)} reader={reader} />
      <p className={styles.quiet}>
        {ringReason(ring, reader)}
        {isPending(ring) && ` Open until ${momentText(ring.expirationDate, reader)}.`}
      </p>
      {isPending(ring) && (
        <>
          <Verdicts verdicts={ringVerdicts(own, reader)} />
          <PaidTime paid={ringPaid([own], reader)} />
        </>
      )}
      {ring.state === 'Proposed' && (
        <Answering ring={ring} own={own} unitId={unitId} reader={reader} onSaid={onSaid} />
      )}
    </article>
  );
}

/** Who gets which shift, and what each has said. */
export function Members({ members, reader }: { members: RingMember[]; reader: Reader }) {
  return (
    <ul className={styles.members} aria-label="Who gives and gets what">
      {members.map((member) => (
        <li key={member.user.id}>
          <span>
            <strong>{nameOf(member.user.id, reader)}</strong> {moveText(member, reader)}
          </span>
          <Chip tone={ANSWERS[member.answer].tone}>{ANSWERS[member.answer].text}</Chip>
        </li>
      ))}
    </ul>
  );
}

type Wish = 'Accepted' | 'Declined';

function Answering(props: ExchangeProps & { own: RingMember }) {
  const { ring, own, unitId, reader, onSaid } = props;
  const [wish, ask] = useState<Wish | null>(null);
  const [returned, setReturned] = useState<Wish | null>(null);
  const send = useAnswerRing(unitId);
  const title = sentenceOf(own, reader);
  const confirm = async (answer: Wish) => {
    if (send.isPending) return;
    try {
      // What became of it is said even when the buttons are gone by then.
      const after = await send.mutateAsync({ ring, answer });
      onSaid(answeredText(after, answer, title, reader));
    } catch (error) {
      if (isChanged(error)) onSaid(`Your answer came too late: ${told(error.message, reader)}`);
      setReturned(answer);
    }
    ask(null);
  };
  if (wish !== null) {
    return (
      <div className={styles.asked}>
        <p>{wish === 'Accepted' ? acceptText(ring, title) : declineText(title)}</p>
        <div className={styles.actions}>
          {/* Whoever pressed the button goes on where it was. */}
          <Button
            look={wish === 'Accepted' ? 'primary' : 'danger'}
            autoFocus
            onPress={() => void confirm(wish)}
          >
            {wish === 'Accepted' ? 'Yes, accept' : 'Yes, decline'}
          </Button>
          <Button
            onPress={() => {
              setReturned(wish);
              ask(null);
            }}
          >
            Not yet
          </Button>
        </div>
      </div>
    );
  }
  return (
    <>
      {own.answer === 'Accepted' && (
        <p className={styles.quiet}>You have accepted. You can decline until everybody has answered.</p>
      )}
      {send.isError && !isChanged(send.error) && (
        <Failure>Your answer was not kept: {told(send.error.message, reader)}</Failure>
      )}
      <div className={styles.actions}>
        {own.answer !== 'Accepted' && (
          <Button
            look="primary"
            aria-label={`Accept: ${title}`}
            autoFocus={returned === 'Accepted'}
            onPress={() => ask('Accepted')}
          >
            Accept
          </Button>
        )}
        <Button
          aria-label={`Decline: ${title}`}
          autoFocus={returned === 'Declined'}
          onPress={() => ask('Declined')}
        >
          Decline
        </Button>
      </div>
    </>
  );
}

function acceptText(ring: Ring, title: string): string {
  const last = ring.accepted === ring.length - 1;
  const then = last ? 'You are the last to answer.' : 'Nothing changes before everybody has accepted.';
  return `${title}. ${then} Do you accept?`;
}

const declineText = (title: string) =>
  `${title}. If you decline, the exchange ends for everybody in it; the offers stay open. Do you decline?`;

function answeredText(after: Ring, answer: Wish, title: string, reader: Reader): string {
  if (answer === 'Declined') return `Declined: ${title}.`;
  if (after.state === 'Approved') return `It is done: ${title}.`;
  if (after.state === 'Accepted') return `Accepted: ${title}. It waits for approval.`;
  if (after.state === 'Void') return `It came to nothing. ${ringReason(after, reader)}`;
  return `Accepted: ${title}. ${after.accepted} of ${after.length} have accepted.`;
}
