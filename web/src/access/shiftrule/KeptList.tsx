import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Skeleton } from '../../design/components';
import { CheckField } from '../../design/fields';
import { Pager } from '../../design/Pager';
import { Missing } from '../../team/Missing';
import styles from '../Asking.module.css';
import { ON_A_PAGE } from './queries';

/** Which part of a list is shown: a page of what stands, or of all. */
export interface Shown {
  isAll: boolean;
  page: number;
}
export const STANDING: Shown = { isAll: false, page: 1 };

/** What is kept about the rule, page by page: what stands, or also what ended. */
export function KeptList<Kept>(props: {
  /** `Exceptions`. */
  what: string;
  found: UseQueryResult<{ entities: Kept[]; total: number }>;
  shown: Shown;
  onShow: (shown: Shown) => void;
  /** What is said where there is none. */
  none: string;
  children: (kept: Kept) => ReactNode;
}) {
  const { what, found, shown, onShow } = props;
  if (found.isError && !found.data) {
    return <Missing what={what} error={found.error} onRetry={() => void found.refetch()} />;
  }
  if (!found.data) return <Skeleton height="5rem" />;
  const { entities, total } = found.data;
  return (
    <div className={styles.listed}>
      <CheckField isChecked={shown.isAll} onChange={(isAll) => onShow({ isAll, page: 1 })}>
        Also {what.toLowerCase()} that ended
      </CheckField>
      {entities.length === 0 ? (
        <p className={styles.quiet}>{props.none}</p>
      ) : (
        <ul className={styles.rows} aria-label={what}>
          {entities.map(props.children)}
        </ul>
      )}
      <Pager
        what={what.toLowerCase()}
        page={shown.page}
        size={ON_A_PAGE}
        total={total}
        onPage={(page) => onShow({ ...shown, page })}
      />
    </div>
  );
}
