import { Link } from '@tanstack/react-router';
import styles from './CodeLink.module.css';

/** The code of a reason, leading to the page that tells what it means. */
export function CodeLink({ code }: { code: string }) {
  return (
    <Link
      to="/why/reasons/$code"
      params={{ code }}
      className={styles.code ?? ''}
      aria-label={`What ${code} means`}
    >
      <code>{code}</code>
    </Link>
  );
}
