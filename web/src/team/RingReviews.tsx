import { Button, Card, Failure, Skeleton, useSaid } from '../design/components';
import { isChanged } from '../foundation/api';
import { Members } from '../trades/RingsSection';
import { foundText, peopleOfRings, peopleText, ringPaid, ringReason, ringVerdicts } from '../trades/rings';
import { momentText, nameOf, type Reader, told } from '../trades/trades';
import { PaidTime, Verdicts } from '../trades/Verdicts';
import type { ManagementUnit, Ring } from '../wire/api';
import { Missing } from './Missing';
import { useRingReview, useRingReviews, useRingSearch } from './ringQueries';
import styles from './Team.module.css';
import { useUnitReader } from './zone';

/** The exchanges among several that all of their people have accepted, and the search for new ones. */
export function RingReviews({ unit }: { unit: ManagementUnit }) {
  const [said, say] = useSaid();
  const rings = useRingReviews(unit);
  const reader = useUnitReader(unit, peopleOfRings(rings.data ?? []));
  return (
    <Card title="Exchanges among several" id="ring-reviews">
      {said}
      <Searching unit={unit} reader={reader} onSaid={say} />
      {rings.isError && !rings.data ? (
        <Missing what="Exchanges" error={rings.error} onRetry={() => void rings.refetch()} />
      ) : !rings.data ? (
        <Skeleton height="4rem" />
      ) : rings.data.length === 0 ? (
        <p className={styles.quiet}>No exchange among several waits for approval.</p>
      ) : (
        <ul className={styles.list}>
          {rings.data.map((ring) => (
            <li key={ring.id}>
              <Review ring={ring} unit={unit} reader={reader} onSaid={say} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

interface PartProps {
  unit: ManagementUnit;
  reader: Reader;
  onSaid: (sentence: string) => void;
}

function Searching({ unit, reader, onSaid }: PartProps) {
  const search = useRingSearch(unit);
  return (
    <div className={styles.search}>
      <Button
        onPress={() =>
          !search.isPending && search.mutate(undefined, { onSuccess: (job) => onSaid(foundText(job)) })
        }
      >
        Look for exchanges among several
      </Button>
      {search.isPending && (
        <p role="status" className={styles.quiet}>
          Looking among the open offers of this week and the next five…
        </p>
      )}
      {search.isError && <Failure>Nothing was searched: {told(search.error.message, reader)}</Failure>}
    </div>
  );
}

function Review({ ring, unit, reader, onSaid }: PartProps & { ring: Ring }) {
  const decide = useRingReview(unit);
  const title = `Exchange among ${peopleText(ring, reader)}`;
  const give = async (state: 'Approved' | 'Denied') => {
    if (decide.isPending) return;
    // What became of it is said even when it has left the list by then.
    try {
      onSaid(decidedText(await decide.mutateAsync({ ring, state }), title, reader));
    } catch (error) {
      if (isChanged(error)) onSaid(`Not decided, for it has changed: ${told(error.message, reader)}`);
    }
  };
  return (
    <article className={styles.review} aria-label={title}>
      <h3 className={styles.title}>{title}</h3>
      <Members members={ring.members} reader={reader} />
      <div className={styles.facts}>
        <div className={styles.verdicts}>
          {ring.members.map((member) => (
            <section key={member.user.id} aria-label={`For ${nameOf(member.user.id, reader)}`}>
              <h4>{nameOf(member.user.id, reader)}</h4>
              <Verdicts verdicts={ringVerdicts(member, reader)} />
            </section>
          ))}
        </div>
        <PaidTime paid={ringPaid(ring.members, reader)} />
      </div>
      <p className={styles.quiet}>
        {ringReason(ring, reader)} Until {momentText(ring.expirationDate, reader)} nobody else can take its
        offers.
      </p>
      {decide.isError && !isChanged(decide.error) && (
        <Failure>Not decided: {told(decide.error.message, reader)}</Failure>
      )}
      <div className={styles.actions}>
        <Button look="primary" aria-label={`Approve: ${title}`} onPress={() => void give('Approved')}>
          Approve
        </Button>
        <Button aria-label={`Deny: ${title}`} onPress={() => void give('Denied')}>
          Deny
        </Button>
      </div>
    </article>
  );
}

function decidedText(after: Ring, title: string, reader: Reader): string {
  if (after.state === 'Void') return `It came to nothing: ${title}. ${ringReason(after, reader)}`;
  return `${after.state}: ${title}.`;
}
