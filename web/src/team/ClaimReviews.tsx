import { Button, Card, Failure, Skeleton, useSaid } from '../design/components';
import { isChanged } from '../foundation/api';
import { openPaidOf, openShiftText, openVerdictsOf } from '../trades/openShifts';
import { momentText, nameOf, type Reader, told } from '../trades/trades';
import { PaidTime, Verdicts } from '../trades/Verdicts';
import type { ManagementUnit, OpenShift } from '../wire/api';
import { useClaimReview, useClaims } from './claimQueries';
import { Missing } from './Missing';
import styles from './Team.module.css';
import { useUnitReader } from './zone';

/** The open shifts that somebody would work, each with what every rule says of it. */
export function ClaimReviews({ unit }: { unit: ManagementUnit }) {
  const [said, say] = useSaid();
  const claims = useClaims(unit);
  const reader = useUnitReader(
    unit,
    (claims.data ?? []).map(claimantOf).filter((id) => id !== undefined),
  );
  return (
    <Card title="Open shifts claimed" id="claim-reviews">
      {said}
      {claims.isError && !claims.data ? (
        <Missing what="Claims" error={claims.error} onRetry={() => void claims.refetch()} />
      ) : !claims.data ? (
        <Skeleton height="4rem" />
      ) : claims.data.length === 0 ? (
        <p className={styles.quiet}>No claim of an open shift waits for approval.</p>
      ) : (
        <ul className={styles.list}>
          {claims.data.map((claim) => (
            <li key={claim.id}>
              <Review claim={claim} reader={reader} onSaid={say} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

const claimantOf = ({ takenBy }: OpenShift) => takenBy?.id;

interface ReviewProps {
  claim: OpenShift;
  reader: Reader;
  onSaid: (sentence: string) => void;
}

function Review({ claim, reader, onSaid }: ReviewProps) {
  const decide = useClaimReview();
  const who = nameOf(claimantOf(claim) ?? '', reader);
  const title = `${who} would work ${openShiftText(claim, reader)}`;
  const give = async (state: 'Approved' | 'Denied') => {
    if (decide.isPending) return;
    // What became of it is said even when it has left the list by then.
    try {
      await decide.mutateAsync({ claim, state });
      onSaid(
        `${state}: ${title}. ${state === 'Approved' ? 'It is in the schedule.' : 'It is open for others again.'}`,
      );
    } catch (error) {
      if (isChanged(error)) onSaid(`Not decided: ${told(error.message, reader)}`);
    }
  };
  return (
    <article className={styles.review} aria-label={title}>
      <h3 className={styles.title}>{title}</h3>
      {claim.reason && <p className={styles.note}>“{claim.reason}”</p>}
      {claim.rules ? (
        <div className={styles.facts}>
          <Verdicts verdicts={openVerdictsOf(claim, reader)} />
          <PaidTime paid={openPaidOf(claim, who)} />
        </div>
      ) : (
        <p>They are no agent of this business unit any more, so no rule was judged.</p>
      )}
      {claim.dateTaken && (
        <p className={styles.quiet}>
          Claimed {momentText(claim.dateTaken, reader)}.{' '}
          {claim.decidedBy && told(claim.decidedBy.sentence, reader)} Until it is decided nobody else can take
          it.
        </p>
      )}
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
