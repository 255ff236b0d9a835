import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button, Card, Skeleton, useSaid } from '../design/components';
import { dayAndTime, tellIn } from '../foundation/time';
import { Missing } from '../team/Missing';
import type { Attempt } from '../wire/api';
import { AskForm, type AskFormProps } from './AskForm';
import styles from './Asking.module.css';
import { actionName, type WhySearch } from './asking';
import { Decided, Verdict } from './Decided';
import { useAttempts, useDecision, useWhy } from './queries';

export type PartProps = Omit<AskFormProps, 'of' | 'act'>;

/** Why somebody may or may not do something, now or at another instant. */
export function WhyCard(props: PartProps) {
  const { asked, zone } = props;
  const [said, say] = useSaid();
  const why = useWhy(asked);
  return (
    <>
      <Card title="Why" id="why" actions={<Link to="/why/reasons">What each code means</Link>}>
        <AskForm {...props} of="instant" act="Ask" />
        {said}
        <section className={styles.answer} aria-label="The answer" aria-busy={why.isFetching}>
          {why.isError && !why.isFetching ? (
            <Missing what="The reasons" error={why.error} onRetry={() => void why.refetch()} />
          ) : !why.data ? (
            <Skeleton height="14rem" />
          ) : (
            <Decided decision={why.data} zone={zone} onDone={say} />
          )}
        </section>
      </Card>
      <AttemptsCard asked={asked} zone={zone} />
    </>
  );
}

const SHOWN = 12;

/** What somebody tried in the last day, and what was decided on it. */
function AttemptsCard({ asked, zone }: { asked: WhySearch; zone: string }) {
  const attempts = useAttempts(asked.user);
  const [isAll, setAll] = useState(false);
  const all = attempts.data ?? [];
  const shown = isAll ? all : all.slice(0, SHOWN);
  return (
    <Card title="Attempts of the last day" id="attempts">
      {attempts.isError && !attempts.isFetching ? (
        <Missing what="Attempts" error={attempts.error} onRetry={() => void attempts.refetch()} />
      ) : !attempts.data ? (
        <Skeleton height="5rem" />
      ) : all.length === 0 ? (
        <p className={styles.quiet}>Nothing was tried in the last day.</p>
      ) : (
        <>
          <ul className={styles.rows} aria-label="Attempts">
            {shown.map((attempt) => (
              <AttemptLine key={attempt.decision_id} attempt={attempt} zone={zone} />
            ))}
          </ul>
          {all.length > shown.length && (
            <Button look="quiet" onPress={() => setAll(true)}>
              Show {all.length - shown.length} more
            </Button>
          )}
        </>
      )}
    </Card>
  );
}

function AttemptLine({ attempt, zone }: { attempt: Attempt; zone: string }) {
  const [isOpen, setOpen] = useState(false);
  const at = dayAndTime(Date.parse(attempt.evaluated_at), zone);
  return (
    <li className={styles.row}>
      <div className={styles.rowHead}>
        <span className={styles.rowTold}>
          <span className={styles.rowTitle}>
            <time dateTime={attempt.evaluated_at}>{at}</time> <span>{actionName(attempt.action)}</span>
            <Verdict allowed={attempt.allowed} />
          </span>
          <span className={styles.quiet}>{tellIn(zone, attempt.sentence)}</span>
        </span>
        <Button
          look="quiet"
          aria-expanded={isOpen}
          aria-label={`${isOpen ? 'Close' : 'Open'} this decision: ${at}`}
          onPress={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Close' : 'Open this decision'}
        </Button>
      </div>
      {isOpen && <OneDecision id={attempt.decision_id} zone={zone} />}
    </li>
  );
}

/** A decision as it was made, with what the client itself logged around it. */
export function OneDecision({ id, zone }: { id: string; zone: string }) {
  const found = useDecision(id);
  if (found.isError && !found.isFetching) {
    return <Missing what="This decision" error={found.error} onRetry={() => void found.refetch()} />;
  }
  if (!found.data) return <Skeleton height="10rem" />;
  const log = found.data.client_log ?? [];
  return (
    <div className={styles.inset}>
      <Decided decision={found.data} zone={zone} />
      {log.length > 0 && (
        <section>
          <h3>What the client logged</h3>
          <pre className={styles.log}>{log.map((each) => JSON.stringify(each)).join('\n')}</pre>
        </section>
      )}
    </div>
  );
}
