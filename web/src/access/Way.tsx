import type { Arrival } from '../wire/api';
import styles from './Asking.module.css';
import { arrivalsOf } from './arrivals';

/** When the signalling nodes had an event, in a quiet line; `whole` false: only where it is missing. */
export function Way({ arrivals, whole = true }: { arrivals: readonly Arrival[] | null; whole?: boolean }) {
  const { told, missing } = arrivalsOf(arrivals);
  const shown = whole ? told : null;
  if (shown === null && missing === null) return null;
  return (
    <span className={styles.way}>
      {shown}
      {shown !== null && missing !== null && ' '}
      {missing !== null && <span className={styles.missing}>{missing}</span>}
    </span>
  );
}
