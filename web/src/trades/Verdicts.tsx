import { Icon, type IconName } from '../design/icons';
import styles from './Trades.module.css';
import type { Paid, Verdict } from './trades';

const SIGNS: Record<Verdict['follows'], { icon: IconName; label: string }> = {
  refused: { icon: 'cross', label: 'Against it: ' },
  reviewed: { icon: 'question', label: 'For whoever approves: ' },
  unknown: { icon: 'question', label: 'Not judged: ' },
};

/** What each rule says of a trade. */
export function Verdicts({ verdicts }: { verdicts: Verdict[] }) {
  const judged = verdicts.filter(({ follows }) => follows !== 'unknown');
  return (
    <ul className={styles.verdicts} aria-label="What the rules say">
      {verdicts.map(({ key, follows, sentence }) => (
        <li key={key} data-follows={follows}>
          <Icon name={SIGNS[follows].icon} size={16} />
          <span>
            <span className={styles.sign}>{SIGNS[follows].label}</span>
            {sentence}
          </span>
        </li>
      ))}
      <li data-follows="holds">
        <Icon name="check" size={16} />
        <span>{judged.length === 0 ? 'Every rule that was judged holds.' : 'All other rules hold.'}</span>
      </li>
    </ul>
  );
}

/** What both sides are paid, before and after. */
export function PaidTime({ paid }: { paid: Paid[] }) {
  if (paid.length === 0) return null;
  return (
    <table className={styles.paid}>
      <caption>Paid time of the weeks that it touches</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">Now</th>
          <th scope="col">After</th>
          <th scope="col">Difference</th>
        </tr>
      </thead>
      <tbody>
        {paid.map(({ side, personId, who, before, after, difference }) => (
          <tr key={personId ?? side}>
            <th scope="row">{who}</th>
            <td>{before}</td>
            <td>{after}</td>
            <td>{difference}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
