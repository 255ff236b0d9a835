import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { Chip } from '../design/components';
import { Icon, type IconName } from '../design/icons';
import { dayAndTime } from '../foundation/time';
import type { Decision } from '../wire/api';
import { explain, type Reason, whoText } from './explain';
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
        {why.remedies.length > 0 && (
          <section>
            <h3>What helps</h3>
            <ul className={styles.list}>
              {why.remedies.map((remedy) => (
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
                  </div>
                </li>
              ))}
            </ul>
          </section>
        )}
        {why.changesAt && (
          <p className={styles.change}>
            <Icon name="clock" size={18} /> This changes by itself on{' '}
            {dayAndTime(Date.parse(why.changesAt), zone)}.
          </p>
        )}
      </div>
      {why.notTheReason.length > 0 && (
        <section className={styles.quiet}>
          <h3>Not the reason</h3>
          <ul className={styles.list}>
            {why.notTheReason.map(({ code, sentence }) => (
              <li key={code + sentence} className={styles.item}>
                <Icon name="check" size={16} /> <span>{sentence}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Checked decision={enforced ?? decision} zone={zone} />
    </div>
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

const VERDICTS: Record<Reason['verdict'], { icon: IconName; says: string; style: string | undefined }> = {
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
          <code>{reason.code}</code>
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
