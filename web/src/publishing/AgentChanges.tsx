import { useState } from 'react';
import { Button } from '../design/components';
import { lengthText } from '../foundation/time';
import { sentencesOf } from '../schedule/changes';
import type { AgentChange } from '../wire/api';
import styles from './Publishing.module.css';
import { differenceText, nameOf, type Teller } from './telling';

const FIRST = 6;
/** Nobody reads further, and a browser becomes slow. */
const MOST = 200;

/** How agents' work differs: what, and what they are paid before and after. */
export function AgentChanges({ agents, teller }: { agents: AgentChange[]; teller: Teller }) {
  const [isWhole, setWhole] = useState(false);
  if (agents.length === 0) return null;
  const sorted = [...agents].sort((a, b) =>
    nameOf(teller, a.user.id).localeCompare(nameOf(teller, b.user.id)),
  );
  const shown = sorted.slice(0, isWhole ? MOST : FIRST);
  return (
    <>
      <ul aria-label="Who is affected" className={styles.changes}>
        {shown.map((agent) => (
          <li key={agent.user.id}>
            <span className={styles.strong}>{nameOf(teller, agent.user.id)}</span>
            {sentencesOf(agent, teller.codes).map((sentence) => (
              <span key={sentence}>{sentence}</span>
            ))}
            <span className={styles.quiet}>
              Paid {lengthText(agent.paidMinutesBefore)} before, {lengthText(agent.paidMinutesAfter)} after:{' '}
              {differenceText(agent.paidMinutesDifference)}
            </span>
          </li>
        ))}
      </ul>
      {!isWhole && sorted.length > FIRST && (
        <div>
          <Button onPress={() => setWhole(true)}>Show all {sorted.length}</Button>
        </div>
      )}
      {isWhole && sorted.length > MOST && (
        <p className={styles.quiet}>{sorted.length - MOST} more agents are not shown.</p>
      )}
    </>
  );
}
