import { Frame } from '../app/Frame';
import { useNow } from '../app/services';
import { Card, Skeleton } from '../design/components';
import { SelectField } from '../design/fields';
import { useMe } from '../identity/queries';
import { fullDate } from '../schedule/dates';
import { todayIn, WeekButtons } from '../schedule/WeekCard';
import { weekStartOf } from '../schedule/week';
import { Missing } from '../team/Missing';
import { useUnits } from '../team/queries';
import type { ManagementUnit } from '../wire/api';
import { Plan } from './Plan';
import styles from './Publishing.module.css';
import { usePlanning, usePublished } from './queries';

export interface SchedulePageProps {
  /** Null for the first unit that may be seen. */
  unitId: string | null;
  onUnit: (unitId: string) => void;
  /** A date of the wanted week; null for the present one. */
  week: string | null;
  onWeek: (week: string | null) => void;
}

/** The schedule in force of a unit, as whoever plans it sees and changes it. */
export function SchedulePage({ unitId, onUnit, ...props }: SchedulePageProps) {
  const units = useUnits();
  const unit = units.data?.find(({ id }) => id === unitId) ?? units.data?.[0];
  return (
    <Frame title="Schedule">
      {unit && units.data ? (
        <Unit key={unit.id} unit={unit} units={units.data} onUnit={onUnit} {...props} />
      ) : (
        <Card title="Schedule" id="schedule">
          {units.isError ? (
            <Missing what="Your units" error={units.error} onRetry={() => void units.refetch()} />
          ) : units.data ? (
            <p className={styles.quiet}>There is no management unit that you may see into.</p>
          ) : (
            <Skeleton height="6rem" />
          )}
        </Card>
      )}
    </Frame>
  );
}

interface UnitProps extends Omit<SchedulePageProps, 'unitId'> {
  unit: ManagementUnit;
  units: ManagementUnit[];
}

function Unit({ unit, units, onUnit, week, onWeek }: UnitProps) {
  const now = useNow(30_000);
  const meId = useMe().data?.id;
  const planning = usePlanning(unit);
  const firstDay = planning.data?.firstDay;
  const thisWeek =
    planning.data && firstDay ? weekStartOf(todayIn(planning.data.timeZone, now), firstDay) : null;
  const weekStart = firstDay && week ? weekStartOf(week, firstDay) : thisWeek;
  const published = usePublished(unit, weekStart);
  const schedule = published.data;
  const failed = [planning, published].find((each) => each.isError);
  const go = (target: string) => onWeek(target === thisWeek ? null : target);
  const head = (
    <div className={styles.head}>
      <div className={styles.unit}>
        <SelectField
          label="Management unit"
          choices={units.map(({ id, name }) => ({ id, name }))}
          chosen={unit.id}
          onChoose={onUnit}
        />
      </div>
      <WeekButtons weekStart={weekStart} thisWeek={thisWeek} onGo={go} />
    </div>
  );
  if (schedule && planning.data && weekStart && meId) {
    return (
      <>
        {head}
        <Plan
          key={`${schedule.id} ${weekStart}`}
          unit={unit}
          schedule={schedule}
          zone={planning.data.timeZone}
          weekStart={weekStart}
          meId={meId}
          isLate={published.isError}
        />
      </>
    );
  }
  return (
    <>
      {head}
      <Card title={weekStart ? `Week from ${fullDate(weekStart)}` : 'Schedule'} id="schedule">
        {failed?.error ? (
          <Missing what="The schedule" error={failed.error} onRetry={() => void failed.refetch()} />
        ) : schedule === null ? (
          <p className={styles.quiet}>No schedule is in force over this week.</p>
        ) : (
          <Skeleton height="20rem" />
        )}
      </Card>
    </>
  );
}
