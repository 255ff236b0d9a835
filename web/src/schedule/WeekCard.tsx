import { type ReactNode, useMemo, useState } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import { useNow } from '../app/services';
import { Button, Card, join, Skeleton, Trouble } from '../design/components';
import { Icon } from '../design/icons';
import { lengthText, placeOf } from '../foundation/time';
import { useMe } from '../identity/queries';
import { ChangeNotices } from './ChangeNotices';
import { DayDetail } from './DayDetail';
import { DayRow, place } from './DayRow';
import { fullDate, longDate } from './dates';
import { KIND_COLOURS, KIND_NAMES, KINDS } from './kinds';
import { addDays, dateText, offsetsFromBrowser, wallAt } from './offsets';
import { type MyWeek, type Unit, useMyTimeOff, useMyWeek, useUnit } from './queries';
import type { ShiftFacts } from './shift';
import styles from './Week.module.css';
import {
  type Axis,
  type DayLayout,
  daySentence,
  layOutWeek,
  ticksOf,
  type WeekLayout,
  weekStartOf,
} from './week';

const MINUTE = 60_000;

export interface WeekCardProps {
  /** A date of the wanted week; null for the present one. */
  week: string | null;
  onWeek: (week: string | null) => void;
  /** What can be done with a shift, below what it holds. */
  besideShift?: (shift: ShiftFacts) => ReactNode;
  /** What is to be said of a shift where its day is listed, such as that it is offered; null for nothing. */
  markOf?: (shift: ShiftFacts) => string | null;
}

const unmarked = () => null;

/** One's own published schedule, a week at a time, with time off beside it. */
export function WeekCard({ week, onWeek, besideShift, markOf = unmarked }: WeekCardProps) {
  const now = useNow(MINUTE / 2);
  const me = useMe().data;
  const unit = useUnit();
  const thisWeek = unit.data
    ? weekStartOf(todayIn(unit.data.timeZone ?? 'UTC', now), unit.data.firstDay)
    : null;
  const weekStart = unit.data && week ? weekStartOf(week, unit.data.firstDay) : thisWeek;
  const query = useMyWeek(weekStart, unit.data, me?.id);
  const go = (target: string) => onWeek(target === thisWeek ? null : target);
  return (
    <Card
      title={weekTitle(weekStart, thisWeek)}
      id="week"
      actions={<WeekButtons weekStart={weekStart} thisWeek={thisWeek} onGo={go} />}
    >
      {query.data && unit.data && weekStart ? (
        <Week
          key={weekStart}
          week={query.data}
          unit={unit.data}
          weekStart={weekStart}
          now={now}
          besideShift={besideShift}
          markOf={markOf}
        />
      ) : (
        <WeekPending failed={[unit, query].find((each) => each.isError)} />
      )}
      {me && query.data && (
        <ChangeNotices key={me.id} meId={me.id} zone={query.data.zone} codes={unit.data?.codes ?? []} />
      )}
    </Card>
  );
}

function weekTitle(weekStart: string | null, thisWeek: string | null): string {
  if (weekStart === null) return 'This week';
  return `${weekStart === thisWeek ? 'This week' : 'Week'} from ${fullDate(weekStart)}`;
}

export function WeekButtons(props: {
  weekStart: string | null;
  thisWeek: string | null;
  onGo: (week: string) => void;
}) {
  const { weekStart, thisWeek, onGo } = props;
  return (
    <div className={styles.actions}>
      <Button
        look="quiet"
        square
        aria-label="Previous week"
        onPress={() => weekStart && onGo(addDays(weekStart, -7))}
      >
        <Icon name="previous" />
      </Button>
      <Button isDisabled={weekStart === thisWeek} onPress={() => thisWeek && onGo(thisWeek)}>
        This week
      </Button>
      <Button
        look="quiet"
        square
        aria-label="Next week"
        onPress={() => weekStart && onGo(addDays(weekStart, 7))}
      >
        <Icon name="next" />
      </Button>
    </div>
  );
}

/** Being read, or not readable: the week keeps its place either way. */
function WeekPending({ failed }: { failed: { error: Error | null; refetch: () => unknown } | undefined }) {
  if (!failed) return <WeekSkeleton />;
  return (
    <div className={styles.unread}>
      <Trouble onRetry={() => failed.refetch()}>
        Your schedule could not be read: {failed.error?.message}
      </Trouble>
    </div>
  );
}

export function todayIn(zone: string, now: number): string {
  return dateText(wallAt(offsetsFromBrowser(zone, now, now), now));
}

function Week(props: {
  week: MyWeek;
  unit: Unit;
  weekStart: string;
  now: number;
  besideShift: WeekCardProps['besideShift'];
  markOf: (shift: ShiftFacts) => string | null;
}) {
  const { week, unit, weekStart, now } = props;
  const me = useMe().data;
  const timeOff = useMyTimeOff(me?.id).data;
  const layout = useMemo(
    () =>
      layOutWeek({
        weekStart,
        offsets: week.offsets,
        shifts: week.schedules.agentSchedules.flatMap((schedule) => schedule.shifts),
        markers: week.schedules.agentSchedules.flatMap((schedule) => schedule.fullDayTimeOffMarkers),
        timeOff: timeOff ?? [],
        codes: unit.codes,
        nowMs: now,
      }),
    [weekStart, week, timeOff, unit, now],
  );
  const first =
    layout.days.find((day) => day.isToday) ??
    layout.days.find((day) => day.bars.length > 0) ??
    layout.days[0];
  const [chosen, choose] = useState<string | null>(null);
  const day = layout.days.find(({ date }) => date === chosen) ?? first;
  return (
    <div className={styles.week}>
      <div className={styles.rows}>
        <AxisLabels axis={layout.axis} />
        <ListBox
          aria-label="Days of the week"
          className={styles.days ?? ''}
          selectionMode="single"
          selectionBehavior="replace"
          disallowEmptySelection
          selectedKeys={day ? [day.date] : []}
          onSelectionChange={(keys) => {
            const [key] = keys === 'all' ? [] : keys;
            if (typeof key === 'string') choose(key);
          }}
        >
          {layout.days.map((each) => (
            <ListBoxItem
              key={each.date}
              id={each.date}
              textValue={longDate(each.date)}
              className={styles.row ?? ''}
            >
              <span className="visually-hidden">
                {longDate(each.date)}
                {each.isToday && ', today'}: {[daySentence(each), ...marksOf(each, props.markOf)].join('; ')}
              </span>
              <DayRow day={each} axis={layout.axis} marks={marksOf(each, props.markOf)} />
            </ListBoxItem>
          ))}
        </ListBox>
        <Legend layout={layout} zone={week.zone} inUnit={!unit.none} />
      </div>
      {day && <DayDetail day={day} besideShift={props.besideShift} />}
    </div>
  );
}

/** What is said of the shifts that begin on a day. */
function marksOf(day: DayLayout, markOf: (shift: ShiftFacts) => string | null): string[] {
  const marks = day.bars.filter((bar) => !bar.continuesBefore).map(({ shift }) => markOf(shift));
  return [...new Set(marks.filter((mark) => mark !== null))];
}

/** More labels than this overlap in 360 pixels. */
const ROOMY_TICKS = 6;

/** The hours above the bars; `className` where what stands before the bars is not a week's. */
export function AxisLabels({ axis, className }: { axis: Axis; className?: string | undefined }) {
  const ticks = ticksOf(axis);
  return (
    <div className={className ?? styles.axis} aria-hidden="true">
      <span className={join(styles.ticks, ticks.length > ROOMY_TICKS && styles.dense)}>
        {ticks.map((minute) => (
          <span
            key={minute}
            className={join(styles.tick, edgeStyle(axis, minute))}
            style={place(axis, minute)}
          >
            {`${String((minute / 60) % 24).padStart(2, '0')}:00`}
          </span>
        ))}
      </span>
    </div>
  );
}

/** A label at the very edge stands inside it. */
function edgeStyle(axis: Axis, minute: number): string | undefined {
  if (minute === axis.from) return styles.tickFirst;
  return minute === axis.to ? styles.tickLast : undefined;
}

function Legend({ layout, zone, inUnit }: { layout: WeekLayout; zone: string; inUnit: boolean }) {
  return (
    <div className={styles.legend}>
      {KINDS.filter((kind) => layout.categories.includes(kind)).map((kind) => (
        <span key={kind} className={styles.key}>
          <span className={styles.swatch} style={{ backgroundColor: KIND_COLOURS[kind] }} />
          {KIND_NAMES[kind]}
        </span>
      ))}
      <span className={styles.facts}>
        {scheduledText(layout.scheduledMinutes, inUnit)} · {placeOf(zone)} time
      </span>
    </div>
  );
}

function scheduledText(minutes: number, inUnit: boolean): string {
  if (minutes > 0) return `${lengthText(minutes)} scheduled`;
  return inUnit ? 'Nothing scheduled' : 'You are in no management unit, so nothing is scheduled for you';
}

const SKELETON_DAYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

function WeekSkeleton() {
  return (
    <div className={styles.week} aria-busy="true">
      <div className={styles.rows}>
        <div className={styles.axis} />
        <div className={styles.days}>
          {SKELETON_DAYS.map((day) => (
            <div key={day} className={styles.row}>
              <Skeleton width="3rem" height="1.25rem" />
              <Skeleton width="6rem" height="1.25rem" />
              <Skeleton height="2rem" />
            </div>
          ))}
        </div>
        <div className={styles.legend} />
      </div>
      <section className={styles.detail}>
        <Skeleton width="12rem" height="1.25rem" />
        <Skeleton height="8rem" />
      </section>
    </div>
  );
}
