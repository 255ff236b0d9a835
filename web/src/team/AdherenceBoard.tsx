import { useState } from 'react';
import { Cell, Column, Row, type SortDescriptor, Table, TableBody, TableHeader } from 'react-aria-components';
import { useNow } from '../app/services';
import { Card, Chip, Skeleton } from '../design/components';
import { Icon } from '../design/icons';
import { Refusal } from '../foundation/api';
import { lastedText } from '../foundation/time';
import { useNames } from '../identity/queries';
import { momentText } from '../trades/trades';
import type { Adherence, ManagementUnit } from '../wire/api';
import { type Row as BoardRow, type Column as By, orderRows, rowOf } from './adherence';
import { Missing } from './Missing';
import { useAdherence, useCodes } from './queries';
import styles from './Team.module.css';
import { useUnitReader } from './zone';

/** Whether the unit's agents do what the schedule says, who is worst first. */
export function AdherenceBoard({ unit }: { unit: ManagementUnit }) {
  const board = useAdherence(unit);
  return (
    <Card title="Adherence now" id="adherence">
      {board.data ? (
        <Board adherence={board.data} unit={unit} />
      ) : board.isError ? (
        <NoBoard error={board.error} onRetry={() => void board.refetch()} />
      ) : (
        <Skeleton height="10rem" />
      )}
    </Card>
  );
}

function NoBoard({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (error instanceof Refusal && (error.status === 404 || error.status === 405)) {
    return <p className={styles.quiet}>This server does not tell adherence, so there is no board to show.</p>;
  }
  return <Missing what="The agents’ states" error={error} onRetry={onRetry} />;
}

/** More rows make a browser slow, and nobody reads them. */
const MOST_ROWS = 200;

const COLUMNS: { id: By; name: string }[] = [
  { id: 'name', name: 'Agent' },
  { id: 'scheduled', name: 'Scheduled' },
  { id: 'actual', name: 'Actual' },
  { id: 'state', name: 'State' },
  { id: 'since', name: 'For' },
];

function Board({ adherence, unit }: { adherence: Adherence[]; unit: ManagementUnit }) {
  const [sort, setSort] = useState<SortDescriptor>({ column: 'state', direction: 'ascending' });
  const now = useNow(10_000);
  const reader = useUnitReader(unit, []);
  const unnamed = adherence.filter(({ user }) => !user?.name).map(({ user }) => user?.id);
  const names = useNames(unnamed);
  const codes = new Map(useCodes(unit).data?.map(({ id, name }) => [id, name]));
  if (adherence.length === 0) return <p className={styles.quiet}>There is no agent in this unit.</p>;
  const rows = orderRows(
    adherence.map((each) => rowOf(each, names, codes)),
    sort.column as By,
    sort.direction === 'descending',
  );
  const since = ({ sinceMs }: BoardRow) =>
    sinceMs === null ? undefined : momentText(new Date(sinceMs).toISOString(), reader);
  return (
    <>
      <p className={styles.quiet}>{countText(rows)}</p>
      <Table
        aria-label="Agents and their adherence"
        className={styles.board ?? ''}
        sortDescriptor={sort}
        onSortChange={setSort}
      >
        <TableHeader className={styles.heads ?? ''}>
          {COLUMNS.map(({ id, name }) => (
            <Column
              key={id}
              id={id}
              allowsSorting
              isRowHeader={id === 'name'}
              className={styles.column ?? ''}
            >
              {({ sortDirection }) => (
                <span className={styles.columnName}>
                  {name}
                  {sortDirection && (
                    <span className={styles.sorted} data-direction={sortDirection}>
                      <Icon name="down" size={14} />
                    </span>
                  )}
                </span>
              )}
            </Column>
          ))}
        </TableHeader>
        <TableBody>
          {rows.slice(0, MOST_ROWS).map((row) => (
            <Row key={row.id} id={row.id} textValue={row.name} className={styles.agent ?? ''}>
              <Cell className={styles.name ?? ''}>{row.name}</Cell>
              <Cell className={styles.scheduled ?? ''}>{row.scheduled}</Cell>
              <Cell className={styles.actual ?? ''}>{row.actual}</Cell>
              <Cell className={styles.state ?? ''}>
                <Chip tone={row.state.tone}>{row.state.text}</Chip>
              </Cell>
              <Cell className={styles.since ?? ''}>
                <span title={since(row)}>{row.sinceMs === null ? '–' : lastedText(now - row.sinceMs)}</span>
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
      {rows.length > MOST_ROWS && (
        <p className={styles.quiet}>{rows.length - MOST_ROWS} more agents are not shown.</p>
      )}
    </>
  );
}

function countText(rows: BoardRow[]): string {
  const out = rows.filter(({ isOut }) => isOut).length;
  const agents = rows.length === 1 ? '1 agent' : `${rows.length} agents`;
  return out === 0 ? `${agents}, none out of adherence.` : `${out} of ${agents} out of adherence.`;
}
