import { useState } from 'react';
import { AskPanel, done } from '../design/AskPanel';
import { Button, Card, Skeleton, useSaid } from '../design/components';
import { type Choice, LineField, SelectField } from '../design/fields';
import { type Told, tell } from '../foundation/refusals';
import { useNames } from '../identity/queries';
import { utcText } from '../legal/legal';
import { useChoices } from '../legal/queries';
import { Missing } from '../team/Missing';
import type { RetentionPolicy } from '../wire/api';
import styles from './Governing.module.css';
import {
  daysIn,
  daysText,
  retentionOf,
  retentionText,
  type TypedRetention,
  typedRetention,
} from './policies';
import { useChangeGrace, useChangeRetention, useGrace, useRetention } from './policyQueries';
import type { May } from './RecordingsPage';

type Say = (sentence: string) => void;

const FIELDS = ['archiveDays', 'deleteDays', 'queueId'];
const NO_DAYS: RetentionPolicy = {
  queueId: null,
  archiveDays: null,
  deleteDays: null,
  since: null,
  changedBy: null,
};
const NO_NUMBER = 'is no whole number of days; leave it empty for never.';

/** For how long recordings are kept, and how long one that is marked for deletion waits. */
export function RetentionCard({ may }: { may: May }) {
  const [said, say] = useSaid();
  const found = useRetention();
  const { queues } = useChoices();
  const set = found.data?.entities ?? [];
  const policies = set.some(({ queueId }) => queueId === null) ? set : [NO_DAYS, ...set];
  const names = useNames(policies.map(({ changedBy }) => changedBy));
  const mayChange = may('recording:retentionPolicy:edit');
  const titleOf = ({ queueId }: RetentionPolicy) =>
    queueId === null
      ? 'All recordings'
      : `Recordings of ${queues.find(({ id }) => id === queueId)?.name ?? `queue ${queueId}`}`;
  const free = queues.filter(({ id }) => !set.some(({ queueId }) => queueId === id));
  return (
    <Card
      title="How long it is kept"
      id="retention"
      actions={
        mayChange &&
        found.data &&
        free.length > 0 && (
          <Days
            button="Other days for a queue"
            title="Other days for a queue"
            queues={free}
            typed={{ queueId: '', archiveDays: '', deleteDays: '' }}
            onSaid={say}
          />
        )
      }
    >
      {said}
      {found.isError && !found.data ? (
        <Missing what="Days of retention" error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height="4rem" />
      ) : (
        <ul aria-label="Days of retention" className={styles.list}>
          {policies.map((policy) => (
            <li key={policy.queueId} className={styles.line}>
              <span className={styles.told}>
                <span className={styles.head}>{titleOf(policy)}</span>
                <span className={styles.words}>{retentionText(policy)}</span>
                <span className={styles.quiet}>
                  {policy.since === null
                    ? 'Nobody set anything else.'
                    : `Since ${utcText(policy.since)}, by ${names.get(policy.changedBy ?? '') ?? policy.changedBy ?? 'the system'}.`}
                </span>
              </span>
              {mayChange && (
                <span className={styles.actions}>
                  <Days button="Change" title={titleOf(policy)} typed={typedRetention(policy)} onSaid={say} />
                </span>
              )}
            </li>
          ))}
          {may('recording:deletion:view') && <GraceLine may={may} onSaid={say} />}
        </ul>
      )}
    </Card>
  );
}

function Days(props: {
  button: string;
  title: string;
  typed: TypedRetention;
  /** To choose from; absent: it is for the queue that is typed. */
  queues?: Choice[];
  onSaid: Say;
}) {
  const { title, queues, onSaid } = props;
  const [typed, setTyped] = useState(props.typed);
  const [wrong, setWrong] = useState<string | null>(null);
  const change = useChangeRetention();
  const told = tell(change.error, FIELDS, 'Not changed');
  const at = (field: 'archiveDays' | 'deleteDays') => (wrong === field ? NO_NUMBER : told.at(field));
  const set = (part: Partial<TypedRetention>) => setTyped({ ...typed, ...part });
  const go = async () => {
    const draft = retentionOf(typed);
    setWrong('wrong' in draft ? draft.wrong : null);
    if ('wrong' in draft || !(await done(change.mutateAsync(draft)))) return false;
    const name = queues?.find(({ id }) => id === typed.queueId)?.name;
    onSaid(`Changed: ${name ? `Recordings of ${name}` : title}. It holds for what is sealed from now on.`);
    return true;
  };
  return (
    <AskPanel
      button={
        <Button
          look={queues ? 'plain' : 'quiet'}
          aria-label={queues ? props.button : `${props.button}: ${title}`}
          onPress={() => {
            setTyped(props.typed);
            setWrong(null);
            change.reset();
          }}
        >
          {props.button}
        </Button>
      }
      title={title}
      act="Change it"
      problem={wrong === null ? told.sentence : 'Not changed: what is wrong stands at its field.'}
      onAct={go}
    >
      <DaysFields typed={typed} queues={queues} told={told} at={at} onChange={set} />
    </AskPanel>
  );
}

function DaysFields(props: {
  typed: TypedRetention;
  queues: Choice[] | undefined;
  told: Told;
  at: (field: 'archiveDays' | 'deleteDays') => string | null;
  onChange: (part: Partial<TypedRetention>) => void;
}) {
  const { typed, queues, at, onChange } = props;
  return (
    <>
      {queues && (
        <SelectField
          label="Queue"
          choices={queues}
          chosen={typed.queueId || null}
          onChoose={(queueId) => onChange({ queueId })}
          problem={props.told.at('queueId')}
        />
      )}
      <LineField
        label="Archived after so many days"
        value={typed.archiveDays}
        onChange={(archiveDays) => onChange({ archiveDays })}
        example="never"
        problem={at('archiveDays')}
      />
      <LineField
        label="Marked for deletion after so many days"
        value={typed.deleteDays}
        onChange={(deleteDays) => onChange({ deleteDays })}
        example="never"
        problem={at('deleteDays')}
      />
      {typed.queueId && !queues && (
        <p className={styles.quiet}>Without any days the queue has none of its own.</p>
      )}
      <p className={styles.quiet}>
        Days count from the end of a recording. What is marked waits for a second person; what a matter holds
        stays.
      </p>
    </>
  );
}

function GraceLine({ may, onSaid }: { may: May; onSaid: Say }) {
  const found = useGrace(true);
  const [typed, setTyped] = useState('');
  const [isWrong, setWrong] = useState(false);
  const change = useChangeGrace();
  const told = tell(change.error, ['graceDays'], 'Not changed');
  if (found.isError && !found.data) {
    return (
      <li className={styles.line}>
        <Missing what="The days of grace" error={found.error} onRetry={() => void found.refetch()} />
      </li>
    );
  }
  if (!found.data) return <Skeleton height="3rem" />;
  const { graceDays } = found.data;
  const go = async () => {
    const days = daysIn(typed);
    setWrong(days === null);
    if (days === null || !(await done(change.mutateAsync(days)))) return false;
    onSaid(`Changed: ${daysText(days)} of grace. It holds for what is marked from now on.`);
    return true;
  };
  return (
    <li className={styles.line}>
      <span className={styles.told}>
        <span className={styles.head}>Grace</span>
        <span className={styles.words}>
          {daysText(graceDays)} pass between a mark for deletion and the destruction.
        </span>
      </span>
      {may('recording:deletion:edit') && (
        <span className={styles.actions}>
          <AskPanel
            button={
              <Button
                look="quiet"
                aria-label="Change: Grace"
                onPress={() => {
                  setTyped(String(graceDays));
                  setWrong(false);
                  change.reset();
                }}
              >
                Change
              </Button>
            }
            title="Grace"
            act="Change it"
            problem={isWrong ? 'Not changed: what is wrong stands at its field.' : told.sentence}
            onAct={go}
          >
            <LineField
              label="Days between mark and destruction"
              value={typed}
              onChange={setTyped}
              problem={isWrong ? 'is no whole number of days.' : told.at('graceDays')}
            />
          </AskPanel>
        </span>
      )}
    </li>
  );
}
