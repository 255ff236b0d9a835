import { useState } from 'react';
import { DialogTrigger } from 'react-aria-components';
import { Button, Card, Failure, Skeleton } from '../design/components';
import { NoteField, Panel, SelectField } from '../design/fields';
import { saying } from '../foundation/queries';
import { dayAndTime, nameIn, tellIn } from '../foundation/time';
import { useNames } from '../identity/queries';
import { Missing } from '../team/Missing';
import type { Revision } from '../wire/api';
import { AgentChanges } from './AgentChanges';
import type { Planned } from './Plan';
import styles from './Publishing.module.css';
import { useComparison, useRepublish, useRevisions } from './queries';
import { differenceText, nameOf, revisionText, ruleText } from './telling';

interface HistoryProps extends Planned {
  mayEdit: boolean;
  onSaid: (sentence: string) => void;
}

/** Every state that the schedule was in: who made it, when, why; what any two differ in; and the way back. */
export function HistoryCard(props: HistoryProps) {
  const revisions = useRevisions(props.schedule);
  return (
    <div className={styles.history}>
      <Card title="History" id="history">
        {revisions.data ? (
          <History {...props} revisions={revisions.data} />
        ) : revisions.isError ? (
          <Missing what="The history" error={revisions.error} onRetry={() => void revisions.refetch()} />
        ) : (
          <Skeleton height="4rem" />
        )}
      </Card>
    </div>
  );
}

const FIRST = 8;

type Whole = HistoryProps & { revisions: Revision[] };

function History(props: Whole) {
  const { revisions } = props;
  const [isWhole, setWhole] = useState(false);
  const people = useNames(revisions.map(({ by }) => by.id));
  const shown = revisions.slice(0, isWhole ? revisions.length : FIRST);
  return (
    <div className={styles.two}>
      <div className={styles.parts}>
        <ol className={styles.revisions} reversed>
          {shown.map((revision) => (
            <RevisionLine key={revision.number} {...props} revision={revision} people={people} />
          ))}
        </ol>
        {!isWhole && revisions.length > FIRST && (
          <div>
            <Button onPress={() => setWhole(true)}>Show all {revisions.length}</Button>
          </div>
        )}
      </div>
      {revisions.length > 1 && <Compared key={revisions.length} {...props} />}
    </div>
  );
}

function RevisionLine(props: Whole & { revision: Revision; people: ReadonlyMap<string, string> }) {
  const { revision, revisions, people, zone, teller, mayEdit } = props;
  const { number, by, at, reason } = revision;
  const accepted = revision.acceptedBreaches ?? [];
  const who = people.get(by.id) ?? (by.id === SYSTEM ? 'Shiftline' : 'Somebody');
  return (
    <li className={styles.revision}>
      <div className={styles.line}>
        <span className={styles.grow}>
          <span className={styles.strong}>Version {number}</span> {revisionText(revision)}, {who},{' '}
          {dayAndTime(Date.parse(at), zone)}
        </span>
        {mayEdit && number !== revisions[0]?.number && revision.published && (
          <Republishing {...props} number={number} />
        )}
      </div>
      {reason && <span className={styles.words}>{reason}</span>}
      {accepted.length > 0 && (
        <details>
          <summary className={styles.quiet}>
            {accepted.length === 1 ? 'One rule was' : `${accepted.length} rules were`} broken knowingly
          </summary>
          <ul className={styles.sentences}>
            {accepted.slice(0, MOST_LISTED).map(({ code, user, sentence }) => (
              <li key={`${code} ${user.id} ${sentence}`}>
                {ruleText(code)}, {nameOf(teller, user.id)}:{' '}
                {nameIn(new Map([[user.id, nameOf(teller, user.id)]]), tellIn(zone, sentence))}
              </li>
            ))}
            {accepted.length > MOST_LISTED && <li>And {accepted.length - MOST_LISTED} more.</li>}
          </ul>
        </details>
      )}
    </li>
  );
}

const SYSTEM = 'System';
/** Nobody reads further. */
const MOST_LISTED = 50;

/** What two revisions differ in: by default the latest and the one before. */
function Compared({ revisions, schedule, teller }: Whole) {
  const [from, setFrom] = useState(String(revisions[1]?.number ?? ''));
  const [to, setTo] = useState(String(revisions[0]?.number ?? ''));
  const compared = useComparison(schedule.id, Number(from), Number(to));
  const choices = revisions.map(({ number }) => ({ id: String(number), name: `Version ${number}` }));
  return (
    <section aria-label="Compare" className={styles.parts}>
      <div className={styles.pair}>
        <SelectField label="From" choices={choices} chosen={from} onChoose={setFrom} />
        <SelectField label="To" choices={choices} chosen={to} onChoose={setTo} />
      </div>
      {from === to ? (
        <p className={styles.quiet}>Choose two versions.</p>
      ) : compared.data ? (
        <>
          <p>
            {compared.data.agents.length === 0
              ? 'They hold the same.'
              : `They differ for ${agentsText(compared.data.agents.length)}; paid time: ${differenceText(compared.data.paidMinutesDifference)}.`}
          </p>
          <AgentChanges key={`${from} ${to}`} agents={compared.data.agents} teller={teller} />
        </>
      ) : compared.isError ? (
        <Missing what="What they differ in" error={compared.error} onRetry={() => void compared.refetch()} />
      ) : (
        <Skeleton height="4rem" />
      )}
    </section>
  );
}

const agentsText = (count: number) => (count === 1 ? '1 agent' : `${count} agents`);

function Republishing(props: Whole & { number: number }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button look="quiet" aria-label={`Put version ${props.number} into force again`}>
        Put into force again
      </Button>
      <Panel title={`Put version ${props.number} into force again?`} wide>
        <Confirm {...props} onDone={() => setOpen(false)} />
      </Panel>
    </DialogTrigger>
  );
}

/** What it would change, before it is done. */
function Confirm({
  number,
  schedule,
  teller,
  zone,
  onSaid,
  onDone,
}: Whole & { number: number; onDone: () => void }) {
  const { version } = schedule.metadata;
  const [reason, setReason] = useState('');
  const compared = useComparison(schedule.id, version, number);
  const republish = useRepublish(schedule);
  const confirm = () =>
    saying(republish.mutateAsync({ number, reason }), (done) => {
      onDone();
      onSaid(
        done.changed
          ? `Version ${number} is in force again, as version ${done.version}.`
          : `Version ${number} was in force already.`,
      );
    });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!republish.isPending) confirm();
      }}
    >
      {compared.data ? (
        <p>
          The work of {agentsText(compared.data.agents.length)} becomes as it was then, as a new version. Paid
          time: {differenceText(compared.data.paidMinutesDifference)}. Approved time off stays.
        </p>
      ) : compared.isError ? (
        <Missing what="What it would change" error={compared.error} onRetry={() => void compared.refetch()} />
      ) : (
        <Skeleton height="3rem" />
      )}
      <NoteField label="Why, which the agents see" value={reason} onChange={setReason} />
      {republish.isError && (
        <Failure>Nothing was changed. {nameIn(teller.names, tellIn(zone, republish.error.message))}</Failure>
      )}
      <div className={styles.actions}>
        <Button look="primary" type="submit" isDisabled={!compared.data}>
          Put it into force
        </Button>
        <Button onPress={onDone}>Not now</Button>
      </div>
    </form>
  );
}
