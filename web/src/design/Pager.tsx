import { Button } from './components';
import styles from './design.module.css';

/** Goes through a list that is longer than a page of it. `page` begins with 1; nothing is shown where all fits on one. */
export function Pager(props: {
  what: string;
  page: number;
  size: number;
  total: number;
  onPage: (page: number) => void;
}) {
  const { what, page, size, total, onPage } = props;
  if (total <= size && page === 1) return null;
  const first = (page - 1) * size + 1;
  const last = Math.min(total, page * size);
  return (
    <nav aria-label={`Pages of ${what}`} className={styles.pager}>
      <Button look="quiet" isDisabled={page <= 1} onPress={() => onPage(page - 1)}>
        Back
      </Button>
      <span>
        {first.toLocaleString('en-US')} to {last.toLocaleString('en-US')} of {total.toLocaleString('en-US')}
      </span>
      <Button look="quiet" isDisabled={last >= total} onPress={() => onPage(page + 1)}>
        Further
      </Button>
    </nav>
  );
}
