import { Button, Card, Failure, Skeleton, useSaid } from '../design/components';
import { saying } from '../foundation/queries';
import { paidOf, peopleOf, type Reader, told, tradeText, verdictsOf } from '../trades/trades';
import { PaidTime, Verdicts } from '../trades/Verdicts';
import type { EvaluatedTrade, ManagementUnit } from '../wire/api';
import { Missing } from './Missing';
import { useReview, useTradeReviews } from './queries';
import styles from './Team.module.css';
import { useUnitReader } from './zone';

/** The trades that wait for an approval, each with what every rule says. */
export function TradeReviews({ unit }: { unit: ManagementUnit }) {
  const [said, say] = useSaid();
  const reviews = useTradeReviews(unit);
  const reader = useUnitReader(unit, peopleOf((reviews.data ?? []).map(({ trade }) => trade)));
  const start = ({ trade }: EvaluatedTrade) => Date.parse(trade.initiating.shift.startDate);
  return (
    <Card title="Shift trades to approve" id="trade-reviews">
      {said}
      {reviews.isError && !reviews.data ? (
        <Missing what="Trades" error={reviews.error} onRetry={() => void reviews.refetch()} />
      ) : !reviews.data ? (
        <Skeleton height="4rem" />
      ) : reviews.data.length === 0 ? (
        <p className={styles.quiet}>No trade waits for approval.</p>
      ) : (
        <ul className={styles.list}>
          {[...reviews.data]
            .sort((a, b) => start(a) - start(b))
            .map((review) => (
              <li key={review.trade.id}>
                <Review review={review} unit={unit} reader={reader} onSaid={say} />
              </li>
            ))}
        </ul>
      )}
    </Card>
  );
}

function Review(props: {
  review: EvaluatedTrade;
  unit: ManagementUnit;
  reader: Reader;
  onSaid: (sentence: string) => void;
}) {
  const { reader, review } = props;
  const { trade, matchReview } = review;
  const decide = useReview(props.unit);
  const text = tradeText(trade, reader);
  const give = (state: 'Approved' | 'Denied') => {
    if (decide.isPending) return;
    saying(decide.mutateAsync({ trade, state }), () => props.onSaid(`${state}: ${text}.`));
  };
  return (
    <article className={styles.review} aria-label={text}>
      <h3 className={styles.title}>{text}</h3>
      {trade.initiating.reviewNote && <p className={styles.note}>“{trade.initiating.reviewNote}”</p>}
      <div className={styles.facts}>
        <Verdicts verdicts={verdictsOf(matchReview, reader)} />
        <PaidTime paid={paidOf(matchReview, trade, trade.receiving?.user.id ?? '', reader)} />
      </div>
      {decide.isError && <Failure>Not decided: {told(decide.error.message, reader)}</Failure>}
      <div className={styles.actions}>
        <Button look="primary" aria-label={`Approve: ${text}`} onPress={() => give('Approved')}>
          Approve
        </Button>
        <Button aria-label={`Deny: ${text}`} onPress={() => give('Denied')}>
          Deny
        </Button>
      </div>
    </article>
  );
}
