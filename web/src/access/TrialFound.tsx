import { useState } from 'react';
import { Failure } from '../design/components';
import { Pager } from '../design/Pager';
import { dayAndTime, tellIn } from '../foundation/time';
import type { Simulation } from '../wire/api';
import styles from './Asking.module.css';
import { CodeLink } from './CodeLink';
import { allowedText } from './Decided';
import { countsOf } from './trying';

const ON_A_PAGE = 50;

/** Whose verdict would be another by what was tried, when and why. */
export function TrialFound({
  found,
  zone,
  size = ON_A_PAGE,
}: {
  found: Simulation;
  zone: string;
  size?: number;
}) {
  const [page, setPage] = useState(1);
  const shown = found.flips.slice((page - 1) * size, page * size);
  return (
    <div className={styles.decided}>
      {found.refused === null ? (
        <p role="status" className={styles.sentence}>
          {tellIn(zone, found.sentence)}
        </p>
      ) : (
        <>
          <Failure>{tellIn(zone, found.sentence)}</Failure>
          <p className={styles.sentence}>If it were made all the same:</p>
        </>
      )}
      <dl className={styles.counts}>
        {countsOf(found).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {shown.length > 0 && (
        <table className={styles.table} aria-label="Whose verdict would be another">
          <thead>
            <tr>
              <th scope="col">Who</th>
              <th scope="col">From</th>
              <th scope="col">Until</th>
              <th scope="col">Now, then</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((flip) => (
              <tr key={`${flip.user_id} ${flip.from}`}>
                <th scope="row">{flip.name}</th>
                <td data-label="From">{dayAndTime(Date.parse(flip.from), zone)}</td>
                <td data-label="Until">
                  {flip.to === null ? 'beyond these days' : dayAndTime(Date.parse(flip.to), zone)}
                </td>
                <td data-label="Now, then">
                  {allowedText(flip.allowed_now)} → <strong>{allowedText(flip.allowed_then)}</strong>
                </td>
                <td data-label="Why">
                  {tellIn(zone, flip.sentence)}
                  <p className={styles.facts}>
                    {flip.codes.map((code) => (
                      <CodeLink key={code} code={code} />
                    ))}
                  </p>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Pager what="changes" page={page} size={size} total={found.flips.length} onPage={setPage} />
      {found.total > found.flips.length && (
        <p className={styles.quiet}>
          The first {found.flips.length.toLocaleString('en-US')} of {found.total.toLocaleString('en-US')} are
          shown.
        </p>
      )}
    </div>
  );
}
