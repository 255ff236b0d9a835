import { useState } from 'react';
import { SelectField } from '../design/fields';
import { dayAndTime } from '../foundation/time';
import type { Revision } from '../wire/api';
import styles from './Asking.module.css';
import type { FieldsProps } from './ChangeFields';
import { scheduleName, useBusinessUnits, useScheduleRevisions, useSchedules } from './choices';

/** A draft to be published, or a schedule and the revision of it that would be in force again. */
export function ScheduleFields({ change, zone, onChange }: FieldsProps) {
  const units = useBusinessUnits();
  const [chosenUnit, chooseUnit] = useState<string | null>(null);
  const unit = chosenUnit ?? units[0]?.id ?? '';
  const found = useSchedules(unit);
  const isDraft = change.kind === 'publish';
  const schedules = (found.data ?? []).filter(({ published }) => !isDraft || !published);
  return (
    <>
      {units.length > 1 && (
        <SelectField
          label="Units"
          choices={units}
          chosen={unit}
          onChoose={(id) => {
            chooseUnit(id);
            onChange({ scheduleId: '', revision: '' });
          }}
        />
      )}
      <div className={styles.long}>
        <SelectField
          label={isDraft ? 'Draft' : 'Schedule'}
          choices={schedules.map((schedule) => ({ id: schedule.id, name: scheduleName(schedule) }))}
          chosen={change.scheduleId === '' ? null : change.scheduleId}
          onChoose={(scheduleId) => onChange({ scheduleId, revision: '' })}
          placeholder={!found.data ? 'Being read…' : schedules.length === 0 ? 'There is none' : 'Choose'}
          problem={found.isError ? `Schedules could not be read: ${found.error.message}` : null}
        />
      </div>
      {!isDraft && change.scheduleId !== '' && (
        <div className={styles.long}>
          <RevisionField
            scheduleId={change.scheduleId}
            revision={change.revision}
            zone={zone}
            onChoose={(revision) => onChange({ revision })}
          />
        </div>
      )}
    </>
  );
}

function RevisionField(props: {
  scheduleId: string;
  revision: string;
  zone: string;
  onChoose: (revision: string) => void;
}) {
  const { found, names } = useScheduleRevisions(props.scheduleId);
  const nameOf = ({ number, at, by, reason }: Revision) =>
    `${number}: ${dayAndTime(Date.parse(at), props.zone)}, ${names.get(by.id) ?? by.id}${reason ? `, ${reason}` : ''}`;
  return (
    <SelectField
      label="Revision"
      choices={(found.data ?? []).map((each) => ({ id: String(each.number), name: nameOf(each) }))}
      chosen={props.revision === '' ? null : props.revision}
      onChoose={props.onChoose}
      problem={found.isError ? `Revisions could not be read: ${found.error.message}` : null}
    />
  );
}
