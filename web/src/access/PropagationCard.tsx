import { Card, Skeleton } from '../design/components';
import { Missing } from '../team/Missing';
import type { Propagation } from '../wire/api';
import styles from './Asking.module.css';
import { isSilent, msText, propagationText, seenText } from './arrivals';
import { usePropagation } from './queries';

/** How long changes took lately to the live sessions that are told of them, by node. */
export function PropagationCard() {
  const found = usePropagation();
  return (
    <Card title="How long news takes" id="propagation">
      {found.isError ? (
        <Missing what="How long news takes" error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height="6rem" />
      ) : (
        <div className={styles.form}>
          <p className={styles.words}>{propagationText(found.data)}</p>
          {found.data.nodes.length > 0 && <Nodes nodes={found.data.nodes} />}
        </div>
      )}
    </Card>
  );
}

function Nodes({ nodes }: { nodes: Propagation['nodes'] }) {
  return (
    <table className={styles.table} aria-label="By node">
      <thead>
        <tr>
          <th scope="col">Node</th>
          <th scope="col">Told</th>
          <th scope="col">Half within</th>
          <th scope="col">99 of 100 within</th>
          <th scope="col">Longest</th>
          <th scope="col">Last heard of</th>
        </tr>
      </thead>
      <tbody>
        {nodes.map(({ node, counted, p50_ms, p99_ms, largest_ms, silent_seconds }) => (
          <tr key={node} data-silent={isSilent(silent_seconds) || undefined}>
            <th scope="row">{node}</th>
            <td data-label="Told">{counted.toLocaleString('en-GB')}</td>
            <td data-label="Half within">{spanText(p50_ms)}</td>
            <td data-label="99 of 100 within">{spanText(p99_ms)}</td>
            <td data-label="Longest">{spanText(largest_ms)}</td>
            <td data-label="Last heard of">{seenText(silent_seconds)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const spanText = (ms: number | null) => (ms === null ? '–' : msText(ms));
