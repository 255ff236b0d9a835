import { Trouble } from '../design/components';
import { Refusal } from '../foundation/api';
import styles from './Team.module.css';

/** What was refused stays so, with the server's sentence; all else can be read again. */
export function Missing(props: { what: string; error: Error; onRetry: () => void }) {
  const { what, error } = props;
  if (error instanceof Refusal && error.status === 403) {
    return (
      <p className={styles.quiet}>
        {what} are not for you to see: {error.message}
      </p>
    );
  }
  return (
    <Trouble onRetry={props.onRetry}>
      {what} could not be read: {error.message}
    </Trouble>
  );
}
