import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { GridList, GridListItem, ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { Button, Card, Chip, Skeleton } from '../design/components';
import { CheckField, LineField } from '../design/fields';
import { placeOf } from '../foundation/time';
import { Track } from '../schedule/DayRow';
import { fullDate, longDate, shortDate, weekdayName } from '../schedule/dates';
import { KIND_COLOURS, KIND_NAMES, KINDS } from '../schedule/kinds';
import { AxisLabels } from '../schedule/WeekCard';
import { daySentence } from '../schedule/week';
import { Missing } from '../team/Missing';
import { type AgentRow, datesOf, findAgents, layOutBoard, PAGE, pageOf } from './board';
import type { Planned } from './Plan';
import styles from './Publishing.module.css';
import { useParts } from './queries';

interface BoardProps extends Planned {
  weekStart: string;
  onDate: (date: string) => void;
  agents: UseQueryResult<string[]>;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  isLate: boolean;
  mayEdit: boolean;
}

/** The agents of a unit on one day, a page at a time, to be chosen from. */
export function BoardCard(props: BoardProps) {
  const { schedule, weekStart, date, onDate, agents } = props;
  return (
    <Card
      title={`Week from ${fullDate(weekStart)}`}
      id="schedule"
      actions={<span className={styles.quiet}>Version {schedule.metadata.version}</span>}
    >
      <ToggleButtonGroup
        aria-label="Day"
        className={styles.days ?? ''}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[date]}
        onSelectionChange={([key]) => typeof key === 'string' && onDate(key)}
      >
        {datesOf(weekStart).map((each) => (
          <ToggleButton key={each} id={each} aria-label={longDate(each)} className={styles.day ?? ''}>
            <span>{weekdayName(each)}</span> <span className={styles.dayDate}>{shortDate(each)}</span>
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {props.isLate && (
        <p className={styles.quiet}>The schedule could not be read again: it may be another one by now.</p>
      )}
      {agents.data ? (
        <Agents {...props} ids={agents.data} />
      ) : agents.isError ? (
        <Missing what="The agents" error={agents.error} onRetry={() => void agents.refetch()} />
      ) : (
        <Skeleton height="20rem" />
      )}
    </Card>
  );
}

function Agents(props: BoardProps & { ids: string[] }) {
  const { unit, schedule, teller, date, offsets, codes, nowMs, changes, chosen, onChoose } = props;
  const [text, setText] = useState('');
  const [asked, setPage] = useState(0);
  const found = useMemo(() => findAgents(props.ids, teller.names, text), [props.ids, teller, text]);
  const { shown, page, pages } = pageOf(found, asked);
  const read = useParts(
    unit,
    schedule,
    shown.map(({ id }) => id),
  );
  const parts = read.data;
  const board = useMemo(
    () => parts && layOutBoard({ agents: shown, parts, changes, date, offsets, codes, nowMs }),
    [shown, parts, changes, date, offsets, codes, nowMs],
  );
  if (props.ids.length === 0) return <p className={styles.quiet}>There is no agent in this unit.</p>;
  const allChosen = found.every(({ id }) => chosen.has(id));
  return (
    <>
      <div className={styles.finding}>
        <LineField label="Find agents by name" value={text} onChange={setText} />
        <Button
          isDisabled={found.length === 0}
          onPress={() => {
            const next = new Set(chosen);
            for (const { id } of found) allChosen ? next.delete(id) : next.add(id);
            onChoose(next);
          }}
        >
          {allChosen ? 'Choose none' : `Choose all ${found.length}`}
        </Button>
        <span className={styles.quiet} role="status">
          {chosen.size > 0 && props.mayEdit ? (
            <a href="#chosen">{chosen.size} chosen</a>
          ) : (
            `${chosen.size} chosen`
          )}
        </span>
      </div>
      {board ? (
        <>
          <AxisLabels axis={board.axis} className={styles.axis} />
          <GridList
            aria-label={`Agents on ${longDate(date)}`}
            className={styles.rows ?? ''}
            selectionMode="multiple"
            selectedKeys={shown.map(({ id }) => id).filter((id) => chosen.has(id))}
            onSelectionChange={(keys) => onChoose(choiceOf(keys, shown, chosen))}
            renderEmptyState={() => <p className={styles.quiet}>No agent has such a name.</p>}
          >
            {board.rows.map((row) => (
              <GridListItem key={row.id} id={row.id} textValue={row.name} className={styles.row ?? ''}>
                <CheckField slot="selection" />
                <RowText row={row} />
                <span className={styles.track}>
                  <Track day={row.day} axis={board.axis} />
                </span>
              </GridListItem>
            ))}
          </GridList>
          {read.isError && (
            <Missing what="Their shifts" error={read.error} onRetry={() => void read.refetch()} />
          )}
          <Pages page={page} pages={pages} total={found.length} onPage={setPage} />
          <Legend rows={board.rows} zone={props.zone} />
        </>
      ) : read.isError ? (
        <Missing what="Their shifts" error={read.error} onRetry={() => void read.refetch()} />
      ) : (
        <Skeleton height="20rem" />
      )}
    </>
  );
}

/** Who is chosen on other pages stays so. */
function choiceOf(
  keys: 'all' | Iterable<string | number>,
  shown: { id: string }[],
  chosen: ReadonlySet<string>,
): ReadonlySet<string> {
  const here = shown.map(({ id }) => id);
  const kept = [...chosen].filter((id) => !here.includes(id));
  return new Set([...kept, ...(keys === 'all' ? here : [...keys].map(String))]);
}

function RowText({ row }: { row: AgentRow }) {
  return (
    <>
      <span className={styles.name}>
        {row.name} {row.isDrafted && <Chip tone="accent">Draft</Chip>}
      </span>
      <span className={styles.hours} aria-hidden="true">
        {hoursText(row)}
      </span>
      <span className="visually-hidden">{daySentence(row.day)}</span>
    </>
  );
}

function hoursText({ day }: AgentRow): string {
  const begun = day.bars.filter((bar) => !bar.continuesBefore);
  if (begun.length > 0) return begun.map((bar) => `${bar.shift.start}–${bar.shift.end}`).join(', ');
  const [carried] = day.bars;
  return carried ? `until ${carried.shift.end}` : (day.timeOff[0]?.name ?? 'No shift');
}

function Pages(props: { page: number; pages: number; total: number; onPage: (page: number) => void }) {
  const { page, pages, total, onPage } = props;
  if (pages === 1) return null;
  return (
    <nav aria-label="Pages of agents" className={styles.finding}>
      <Button isDisabled={page === 0} onPress={() => onPage(page - 1)}>
        Previous {PAGE}
      </Button>
      <Button isDisabled={page === pages - 1} onPress={() => onPage(page + 1)}>
        Next {PAGE}
      </Button>
      <span className={styles.quiet}>
        {page * PAGE + 1} to {Math.min(total, (page + 1) * PAGE)} of {total} agents
      </span>
    </nav>
  );
}

function Legend({ rows, zone }: { rows: AgentRow[]; zone: string }) {
  const seen = new Set(
    rows.flatMap(({ day }) => day.bars.flatMap((bar) => bar.activities.map(({ facts }) => facts.category))),
  );
  return (
    <div className={styles.legend}>
      {KINDS.filter((kind) => seen.has(kind)).map((kind) => (
        <span key={kind} className={styles.key}>
          <span className={styles.swatch} style={{ backgroundColor: KIND_COLOURS[kind] }} />
          {KIND_NAMES[kind]}
        </span>
      ))}
      <span>{placeOf(zone)} time</span>
    </div>
  );
}
