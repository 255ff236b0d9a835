import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { Chip, Failure, Button as PlainButton } from '../design/components';
import { Icon, type IconName } from '../design/icons';
import { saying } from '../foundation/queries';
import { dayAndTime } from '../foundation/time';
import type { Decision, Remedy } from '../wire/api';
import { CodeLink } from './CodeLink';
import { explain, previewText, type Reason, whoText } from './explain';
import { useRemedy } from './queries';
import styles from './Why.module.css';

/** An access decision without its first sentence, which stands where the state is named. */
export function Why({
  decision,
  enforced,
  zone,
}: {
  decision: Decision;
  enforced: Decision | null;
  zone: string;
}) {
  const why = explain(decision, zone);
  return (
    <div className={styles.why}>
      <div className={styles.main}>
        {why.blockers.length > 0 && (
          <section>
            <h3>What stands in the way</h3>
            <ul className={styles.list}>
              {why.blockers.map((blocker) => (
                <ReasonItem key={blocker.code} reason={blocker} />
              ))}
            </ul>
          </section>
        )}
        <WhatHelps remedies={why.remedies} zone={zone} />
        <ChangesBy changesAt={why.changesAt} zone={zone} />
      </div>
      <NotTheReason notes={why.notTheReason} />
      <Checked decision={enforced ?? decision} zone={zone} />
    </div>
  );
}

/** What would change the verdict, and who can do it. `onDone` offers what whoever asks may do themselves, and is told when it is done. */
export function WhatHelps(props: { remedies: Remedy[]; zone: string; onDone?: (sentence: string) => void }) {
  if (props.remedies.length === 0) return null;
  return (
    <section>
      <h3>What helps</h3>
      <ul className={styles.list}>
        {props.remedies.map((remedy) => (
          <li key={`${remedy.who} ${remedy.what}`} className={styles.item}>
            <span className={styles.remedy}>
              <Icon name="wrench" size={18} />
            </span>
            <div>
              <p>{remedy.sentence}</p>
              <p className={styles.detail}>
                <Chip tone="accent">{whoText(remedy.who)}</Chip>
                {remedy.at_once && <span>Takes effect at once, without a new sign-in.</span>}
              </p>
              <Preview remedy={remedy} zone={props.zone} />
              {props.onDone && remedy.may && remedy.operation && (
                <DoIt remedy={remedy} operation={remedy.operation} onDone={props.onDone} />
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Preview({ remedy, zone }: { remedy: Remedy; zone: string }) {
  const text = previewText(remedy, zone);
  return (
    <>
      {text !== null && <p className={styles.preview}>Then: {text}</p>}
      {remedy.command && (
        <p className={styles.preview}>
          <code>{remedy.command}</code>
        </p>
      )}
    </>
  );
}

function DoIt(props: {
  remedy: Remedy;
  operation: NonNullable<Remedy['operation']>;
  onDone: (sentence: string) => void;
}) {
  const { remedy, operation } = props;
  const act = useRemedy();
  const go = () => {
    if (act.isPending) return;
    saying(act.mutateAsync(operation), () => props.onDone(`Done: ${remedy.what}. It was asked again.`));
  };
  return (
    <div className={styles.doIt}>
      {act.isError && <Failure>Not done: {act.error.message}</Failure>}
      <PlainButton aria-label={`Do it: ${remedy.what}`} onPress={go}>
        {act.isPending ? 'Being done…' : 'Do it now'}
      </PlainButton>
    </div>
  );
}

export function ChangesBy({ changesAt, zone }: { changesAt: string | null; zone: string }) {
  if (changesAt === null) return null;
  return (
    <p className={styles.change}>
      <Icon name="clock" size={18} /> This changes by itself on {dayAndTime(Date.parse(changesAt), zone)}.
    </p>
  );
}

/** What people suspect, and what plays no part. */
export function NotTheReason({ notes }: { notes: { code: string; sentence: string }[] }) {
  if (notes.length === 0) return null;
  return (
    <section className={styles.quiet}>
      <h3>Not the reason</h3>
      <ul className={styles.list}>
        {notes.map(({ code, sentence }) => (
          <li key={code + sentence} className={styles.item}>
            <Icon name="check" size={16} />
            <span>
              {sentence} <CodeLink code={code} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Every gate that was asked, for those who want the whole of it. */
function Checked({ decision, zone }: { decision: Decision; zone: string }) {
  const { gates } = explain(decision, zone);
  return (
    <Disclosure className={styles.disclosure}>
      <Heading level={3}>
        <Button slot="trigger" className={styles.trigger ?? ''}>
          <Icon name="down" size={16} /> All that was checked
        </Button>
      </Heading>
      <DisclosurePanel className={styles.panel ?? ''}>
        <ul className={styles.gates}>
          {gates.map((gate) => (
            <ReasonItem key={gate.code} reason={gate} />
          ))}
        </ul>
        <p className={styles.small}>
          Decided {dayAndTime(Date.parse(decision.evaluated_at), zone)}
          {decision.decision_id && (
            <>
              {' '}
              as <code>{decision.decision_id}</code>
            </>
          )}
          .
        </p>
      </DisclosurePanel>
    </Disclosure>
  );
}

export const VERDICTS: Record<
  Reason['verdict'],
  { icon: IconName; says: string; style: string | undefined }
> = {
  holds: { icon: 'check', says: 'Holds: ', style: styles.holds },
  fails: { icon: 'cross', says: 'Does not hold: ', style: styles.fails },
  unknown: { icon: 'question', says: 'Could not be known: ', style: styles.unknown },
};

function ReasonItem({ reason }: { reason: Reason }) {
  const verdict = VERDICTS[reason.verdict];
  return (
    <li className={styles.item}>
      <span className={verdict.style}>
        <Icon name={verdict.icon} size={18} />
      </span>
      <div>
        <p>
          <span className="visually-hidden">{verdict.says}</span>
          {reason.sentence}
        </p>
        <p className={styles.facts}>
          <CodeLink code={reason.code} />
          {reason.facts.map((fact) => (
            <span key={fact.name}>
              {fact.name}: {fact.value}
            </span>
          ))}
        </p>
      </div>
    </li>
  );
}
