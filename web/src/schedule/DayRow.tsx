import type { CSSProperties } from 'react';
import { Chip, join } from '../design/components';
import { Icon } from '../design/icons';
import { lengthText } from '../foundation/time';
import { shortDate, weekdayName } from './dates';
import { KIND_COLOURS } from './kinds';
import type { TimeOffBar } from './timeoff';
import styles from './Week.module.css';
import { type Axis, type DayLayout, type ShiftBar, ticksOf } from './week';

/** One day of the week: its name, its hours, and its bars on the week's axis; for the eyes, since the option also says it in one sentence. */
export function DayRow({ day, axis, marks }: { day: DayLayout; axis: Axis; marks: string[] }) {
  return (
    <>
      <span className={styles.day} aria-hidden="true">
        <span className={styles.weekday}>{weekdayName(day.date)}</span>
        <span className={day.isToday ? styles.today : styles.date}>{shortDate(day.date)}</span>
      </span>
      <span className={styles.hours} aria-hidden="true">
        <Hours day={day} marks={marks} />
      </span>
      <Track day={day} axis={axis} />
    </>
  );
}

function Hours({ day, marks }: { day: DayLayout; marks: string[] }) {
  if (!day.exists) return <span className={styles.quiet}>This date was skipped here</span>;
  const begins = day.bars.filter((bar) => !bar.continuesBefore);
  const first = begins[0]?.shift;
  if (!first) {
    const carried = day.bars[0];
    return <span className={styles.quiet}>{carried ? `until ${carried.shift.end}` : 'No shift'}</span>;
  }
  const minutes = begins.reduce((sum, bar) => sum + bar.shift.lengthMinutes, 0);
  return (
    <>
      <span className={styles.times}>
        {begins.map((bar) => `${bar.shift.start}–${bar.shift.end}`).join(', ')}
      </span>
      <span className={styles.quiet}>
        {lengthText(minutes)}
        {begins.some((bar) => bar.shift.swap) && (
          <Chip tone="accent">
            <Icon name="swap" size={13} /> <span className={styles.swapText}>Swap</span>
          </Chip>
        )}
        {marks.map((mark) => (
          <Chip key={mark} tone="wait">
            {mark}
          </Chip>
        ))}
      </span>
    </>
  );
}

/** The bars of a day; for the eyes, since what stands beside says the same. */
export function Track({ day, axis }: { day: DayLayout; axis: Axis }) {
  return (
    <span
      className={join(styles.track, day.bars.length > 0 && day.timeOff.length > 0 && styles.both)}
      aria-hidden="true"
    >
      {ticksOf(axis).map((minute) => (
        <span key={minute} className={styles.gridline} style={place(axis, minute)} />
      ))}
      {day.bars.map((bar) => (
        <Bar key={bar.shift.id} bar={bar} axis={axis} />
      ))}
      {day.timeOff.map((timeOff, index) => (
        <TimeOff key={timeOff.id} timeOff={timeOff} axis={axis} first={index === 0} />
      ))}
      {day.now !== null && <span className={styles.now} style={place(axis, day.now)} />}
    </span>
  );
}

function Bar({ bar, axis }: { bar: ShiftBar; axis: Axis }) {
  const inner = { from: bar.from, to: bar.to };
  return (
    <span
      className={join(
        styles.bar,
        bar.shift.swap ? styles.swapped : '',
        bar.continuesBefore && styles.openStart,
        bar.continuesAfter && styles.openEnd,
      )}
      style={place(axis, bar.from, bar.to)}
    >
      {bar.activities.map(({ facts, from, to }) => (
        <span
          key={facts.id}
          className={styles.activity}
          style={{ ...place(inner, from, to), backgroundColor: KIND_COLOURS[facts.category] }}
        />
      ))}
    </span>
  );
}

function TimeOff({ timeOff, axis, first }: { timeOff: TimeOffBar; axis: Axis; first: boolean }) {
  const state = timeOff.status === 'PENDING' ? 'pending' : 'approved';
  return (
    <span
      className={join(styles.timeOff, styles[state])}
      style={place(axis, Math.max(timeOff.from, axis.from), Math.min(timeOff.to, axis.to))}
    >
      {first && `${timeOff.name} · ${state}`}
    </span>
  );
}

/** Left edge, and width where there is an end, in per cent of the axis. */
export function place(axis: Axis, from: number, to?: number): CSSProperties {
  const percent = (minutes: number) => `${(100 * minutes) / (axis.to - axis.from)}%`;
  const left = percent(from - axis.from);
  return to === undefined ? { left } : { left, width: percent(Math.max(0, to - from)) };
}
