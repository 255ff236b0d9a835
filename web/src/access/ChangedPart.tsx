import { useMemo } from 'react';
import { useServices } from '../app/services';
import { Card, Skeleton } from '../design/components';
import { Icon } from '../design/icons';
import { dayAndTime, tellIn, timeOfDay } from '../foundation/time';
import { DAY } from '../schedule/offsets';
import { Missing } from '../team/Missing';
import type { Difference, Flip, Gate } from '../wire/api';
import { AskForm } from './AskForm';
import styles from './Asking.module.css';
import { CodeLink } from './CodeLink';
import { Verdict } from './Decided';
import { reasonOf } from './explain';
import { Lanes } from './Lanes';
import { PropagationCard } from './PropagationCard';
import { useDifference, useTimeline } from './queries';
import { Way } from './Way';
import { VERDICTS } from './Why';
import type { PartProps } from './WhyCard';

/** What changed somebody's access between two instants and who did it, and all that happened around them. */
export function ChangedPart(props: PartProps) {
  const { asked, zone } = props;
  const { clock } = useServices();
  // What is not said is said once: an answer that moves with each look would be asked for anew each time.
  const { from } = asked;
  const since = useMemo(() => from ?? new Date(clock.now() - DAY).toISOString(), [from, clock]);
  const question = { ...asked, from: since };
  const found = useDifference(question);
  return (
    <>
      <Card title="What changed" id="changed">
        <AskForm {...props} of="span" act="Compare" />
        <section className={styles.answer} aria-label="The answer" aria-busy={found.isFetching}>
          {found.isError && !found.isFetching ? (
            <Missing what="What changed" error={found.error} onRetry={() => void found.refetch()} />
          ) : !found.data ? (
            <Skeleton height="10rem" />
          ) : (
            <Changes difference={found.data} zone={zone} />
          )}
        </section>
      </Card>
      <TimelineCard question={question} zone={zone} />
      {props.mayAskOfOthers && <PropagationCard />}
    </>
  );
}

function Changes({ difference, zone }: { difference: Difference; zone: string }) {
  const { sentence, before, after, changes } = difference;
  return (
    <div className={styles.decided}>
      <p className={styles.sentence}>{tellIn(zone, sentence)}</p>
      <p className={styles.fromTo}>
        <span>{dayAndTime(Date.parse(before.evaluated_at), zone)}</span>
        <Verdict allowed={before.allowed} />
        <span aria-hidden="true">→</span>
        <span className="visually-hidden">then</span>
        <span>{dayAndTime(Date.parse(after.evaluated_at), zone)}</span>
        <Verdict allowed={after.allowed} />
      </p>
      {changes.length > 0 && (
        <ol className={styles.rows} aria-label="Changes">
          {changes.map((flip) => (
            <Change key={flip.at} flip={flip} zone={zone} />
          ))}
        </ol>
      )}
    </div>
  );
}

function Change({ flip, zone }: { flip: Flip; zone: string }) {
  const at = Date.parse(flip.at);
  return (
    <li className={styles.row}>
      <p className={styles.rowTitle}>
        <time dateTime={flip.at}>
          {dayAndTime(at, zone)}
          <span className={styles.seconds}>:{timeOfDay(at, zone).slice(-2)}</span>
        </time>
        <Verdict allowed={flip.allowed} />
        <span className={styles.quiet}>
          {flip.turned ? 'It turned here.' : 'It did not turn, it had other reasons.'}
        </span>
      </p>
      <p className={styles.words}>{tellIn(zone, flip.sentence)}</p>
      <ul className={styles.turns} aria-label="What judged otherwise">
        {flip.gates.map(({ before, after }) => (
          <li key={`${before?.code} ${after?.code}`} className={styles.turn}>
            <Side gate={before} zone={zone} label="Before" />
            <Side gate={after} zone={zone} label="After" />
          </li>
        ))}
      </ul>
      {flip.events.length > 0 && (
        <ul className={styles.plain} aria-label="What was done">
          {flip.events.map((event) => (
            <li key={event.id}>
              {tellIn(zone, event.sentence)}{' '}
              <span className={styles.quiet}>
                {event.by === null ? 'By somebody whom you may not see' : `By ${event.by_name ?? event.by}`},{' '}
                {timeOfDay(Date.parse(event.at), zone)}.
              </span>
              <Way arrivals={event.arrivals} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Side({ gate, zone, label }: { gate: Gate | null; zone: string; label: string }) {
  if (gate === null) {
    return (
      <div className={styles.side}>
        <span className={styles.sideLabel}>{label}</span>
        <span className={styles.quiet}>It was not asked.</span>
      </div>
    );
  }
  const reason = reasonOf(gate, zone);
  const { icon, says, style } = VERDICTS[reason.verdict];
  return (
    <div className={styles.side}>
      <span className={styles.sideLabel}>{label}</span>
      <span className={styles.gate}>
        <span className={style}>
          <Icon name={icon} size={18} />
        </span>
        <span>
          <span className="visually-hidden">{says}</span>
          {reason.sentence}{' '}
          <span className={styles.small}>
            <CodeLink code={reason.code} />
          </span>
        </span>
      </span>
    </div>
  );
}

function TimelineCard(props: { question: Parameters<typeof useTimeline>[0]; zone: string }) {
  const { question, zone } = props;
  const { clock } = useServices();
  const found = useTimeline(question);
  // biome-ignore lint/correctness/useExhaustiveDependencies: now is that of the answer, not of each look at it.
  const now = useMemo(() => clock.now(), [clock, found.dataUpdatedAt]);
  const toMs = question.to === undefined ? now : Date.parse(question.to);
  return (
    <Card title="Timeline" id="timeline">
      {found.isError && !found.isFetching ? (
        <Missing what="What happened" error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height="18rem" />
      ) : (
        <Lanes timeline={found.data} fromMs={Date.parse(question.from)} toMs={toMs} zone={zone} />
      )}
    </Card>
  );
}
