import type { ReactNode } from 'react';
import { Chip } from '../design/components';
import { Icon } from '../design/icons';
import { lengthText } from '../foundation/time';
import { longDate } from './dates';
import { KIND_COLOURS } from './kinds';
import type { ShiftFacts } from './shift';
import type { TimeOffBar } from './timeoff';
import styles from './Week.module.css';
import type { DayLayout } from './week';

/** Everything that one day holds, in words. */
export function DayDetail(props: {
  day: DayLayout;
  besideShift: ((shift: ShiftFacts) => ReactNode) | undefined;
}) {
  const { day } = props;
  return (
    <section className={styles.detail} aria-label={longDate(day.date)}>
      <h3>
        {longDate(day.date)} {day.isToday && <Chip tone="accent">Today</Chip>}
      </h3>
      {day.clockChangeMinutes !== 0 && <ClockChange minutes={day.clockChangeMinutes} />}
      {day.timeOff.map((timeOff) => (
        <TimeOffLine key={timeOff.id} timeOff={timeOff} />
      ))}
      {day.bars.length === 0 && <p className={styles.quiet}>No shift on this day.</p>}
      {day.bars.map((bar) => (
        <Shift
          key={bar.shift.id}
          shift={bar.shift}
          fromDayBefore={bar.continuesBefore}
          toDayAfter={bar.continuesAfter}
          // Once, on the day on which it begins.
          beside={!bar.continuesBefore && props.besideShift?.(bar.shift)}
        />
      ))}
    </section>
  );
}

function ClockChange({ minutes }: { minutes: number }) {
  const forward = minutes > 0;
  return (
    <p className={styles.note}>
      <Icon name="clock" size={16} /> Clocks go {forward ? 'forward' : 'back'} by{' '}
      {lengthText(Math.abs(minutes))}: this day has {lengthText(1440 - minutes)}.
    </p>
  );
}

function TimeOffLine({ timeOff }: { timeOff: TimeOffBar }) {
  const pending = timeOff.status === 'PENDING';
  return (
    <p className={styles.line}>
      <Chip tone={pending ? 'wait' : 'good'}>{pending ? 'Pending' : 'Approved'}</Chip> {timeOff.name},{' '}
      {timeOff.hours ? `${timeOff.hours.start}–${timeOff.hours.end}` : 'all day'}
    </p>
  );
}

function Shift(props: { shift: ShiftFacts; fromDayBefore: boolean; toDayAfter: boolean; beside: ReactNode }) {
  const { shift } = props;
  return (
    <div className={styles.shift}>
      <p className={styles.line}>
        <strong>
          {shift.start}–{shift.end}
        </strong>
        {props.fromDayBefore && <span className={styles.quiet}>began the day before</span>}
        {props.toDayAfter && <span className={styles.quiet}>ends the next day</span>}
        <span className={styles.quiet}>{lengthText(shift.lengthMinutes)}</span>
      </p>
      {shift.clockChangeMinutes !== 0 && (
        <p className={styles.note}>
          <Icon name="clock" size={16} /> Clocks go {shift.clockChangeMinutes > 0 ? 'forward' : 'back'} by{' '}
          {lengthText(Math.abs(shift.clockChangeMinutes))} during this shift.
        </p>
      )}
      {shift.swap && (
        <p className={styles.line}>
          <Chip tone="accent">
            <Icon name="swap" size={13} /> Swap
          </Chip>
          {shift.swap.reason}
        </p>
      )}
      {shift.activities.length > 0 && (
        <table className={styles.activities}>
          <caption className="visually-hidden">Activities</caption>
          <tbody>
            {shift.activities.map((activity) => (
              <tr key={activity.id}>
                <td>
                  {activity.start}–{activity.end}
                </td>
                <th scope="row">
                  <span
                    className={styles.swatch}
                    style={{ backgroundColor: KIND_COLOURS[activity.category] }}
                  />
                  {activity.name}
                </th>
                <td className={styles.quiet}>
                  {lengthText(activity.lengthMinutes)}
                  {activity.paid === false && ', unpaid'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {props.beside}
    </div>
  );
}
