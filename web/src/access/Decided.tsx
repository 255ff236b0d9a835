import { Chip, type Tone } from '../design/components';
import { Icon, type IconName } from '../design/icons';
import { dayAndTime } from '../foundation/time';
import { useNames } from '../identity/queries';
import type { Decision } from '../wire/api';
import styles from './Asking.module.css';
import { CodeLink } from './CodeLink';
import { explain, inOrder, type Reason } from './explain';
import { ChangesBy, NotTheReason, VERDICTS, WhatHelps } from './Why';

const ALLOWED: Record<string, { tone: Tone; icon: IconName; text: string }> = {
  true: { tone: 'good', icon: 'check', text: 'Allowed' },
  false: { tone: 'bad', icon: 'cross', text: 'Refused' },
  null: { tone: 'wait', icon: 'question', text: 'Could not be known' },
};

export const allowedText = (allowed: boolean | null): string => ALLOWED[String(allowed)]?.text ?? '';

/** A verdict, told apart by its words and its sign as well as by its colour. */
export function Verdict({ allowed }: { allowed: boolean | null }) {
  const { tone, icon, text } = ALLOWED[String(allowed)] ?? { tone: 'wait', icon: 'question', text: '' };
  return (
    <Chip tone={tone}>
      <Icon name={icon} size={14} /> {text}
    </Chip>
  );
}

/** A decision whole: the sentence, every gate with its facts, what helps, and what is not the reason. */
export function Decided(props: {
  decision: Decision;
  zone: string;
  /** Offers remedies that whoever asks may apply themselves. */
  onDone?: (sentence: string) => void;
}) {
  const { decision, zone, onDone } = props;
  const why = explain(decision, zone);
  const gates = inOrder(why.gates);
  return (
    <div className={styles.decided}>
      <div className={styles.verdict}>
        <Verdict allowed={decision.allowed} />
        <p className={styles.sentence}>{why.sentence}</p>
        {why.agentSentence !== null && why.agentSentence !== why.sentence && (
          <p className={styles.words}>
            <span className={styles.quiet}>The agent is told:</span> {why.agentSentence}
          </p>
        )}
      </div>
      <GatesTable gates={gates} />
      <div className={styles.beside}>
        <WhatHelps remedies={why.remedies} zone={zone} {...(onDone && { onDone })} />
        {why.warnings.length > 0 && (
          <section>
            <h3>Worth knowing</h3>
            <ul className={styles.plain}>
              {why.warnings.map(({ code, sentence }) => (
                <li key={code + sentence}>
                  {sentence}{' '}
                  <span className={styles.small}>
                    <CodeLink code={code} />
                  </span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <NotTheReason notes={why.notTheReason} />
      </div>
      <ChangesBy changesAt={why.changesAt} zone={zone} />
      <p className={styles.small}>
        Judged of {dayAndTime(Date.parse(decision.evaluated_at), zone)}
        {decision.decision_id && (
          <>
            {' '}
            as <code>{decision.decision_id}</code>
          </>
        )}
        {decision.revision && (
          <>
            , from all that stood at revision <code>{decision.revision}</code>
          </>
        )}
        .
      </p>
    </div>
  );
}

/** Every gate with what it saw, since when that is so, and who made it so; what stands in the way on top. */
export function GatesTable({ gates }: { gates: Reason[] }) {
  const names = useNames(gates.map(({ by }) => by));
  return (
    <table className={styles.table} data-signed aria-label="All that was checked">
      <thead>
        <tr>
          <th scope="col">Checked</th>
          <th scope="col">Since</th>
          <th scope="col">By</th>
        </tr>
      </thead>
      <tbody>
        {gates.map((gate) => {
          const { icon, says, style } = VERDICTS[gate.verdict];
          return (
            <tr key={gate.code} data-verdict={gate.verdict}>
              <td>
                <div className={styles.gate}>
                  <span className={style}>
                    <Icon name={icon} size={18} />
                  </span>
                  <div>
                    <span className="visually-hidden">{says}</span>
                    {gate.sentence}
                    <p className={styles.facts}>
                      <CodeLink code={gate.code} />
                      {gate.facts.map((fact) => (
                        <span key={fact.name}>
                          {fact.name}: {fact.value}
                        </span>
                      ))}
                    </p>
                  </div>
                </div>
              </td>
              <td data-label="Since">{gate.since ?? '–'}</td>
              <td data-label="By">{gate.by === null ? '–' : (names.get(gate.by) ?? gate.by)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
