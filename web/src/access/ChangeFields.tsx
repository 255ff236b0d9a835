import { type Choice, LineField, SelectField } from '../design/fields';
import styles from './Asking.module.css';
import { useDivisions, useRoles } from './choices';
import { PersonField } from './PersonField';
import { RolePermissions } from './RolePermissions';
import { ScheduleFields } from './ScheduleFields';
import { KINDS, type Kind, newChange, SUBJECTS, type TypedChange, type TypedSubject } from './trying';

const SWITCH: Choice[] = [
  { id: '', name: 'Stays as it is' },
  { id: 'on', name: 'On' },
  { id: 'off', name: 'Off' },
];
const STATES: Choice[] = [
  { id: 'active', name: 'Active' },
  { id: 'inactive', name: 'Inactive' },
  { id: 'deleted', name: 'Deleted' },
];
const GIVEN: Choice[] = [
  { id: 'given', name: 'Given' },
  { id: 'taken', name: 'Taken away' },
];

export interface FieldsProps {
  change: TypedChange;
  zone: string;
  onChange: (part: Partial<TypedChange>) => void;
}

/** What is typed of one change. */
export function ChangeFields(props: FieldsProps) {
  const { change, onChange } = props;
  return (
    <div className={styles.fields}>
      <SelectField
        label="What"
        choices={[...KINDS]}
        chosen={change.kind}
        // What was typed of another kind is not left to be taken for a part of this one.
        onChoose={(kind) => onChange(newChange(change.key, kind as Kind))}
      />
      <OfKind {...props} />
    </div>
  );
}

function OfKind(props: FieldsProps) {
  const { change, onChange } = props;
  switch (change.kind) {
    case 'settings':
      return <SettingsFields {...props} />;
    case 'exception':
      return <SubjectFields typed={change} onChange={onChange} />;
    case 'person':
      return (
        <>
          <PersonField label="Whose" person={change.person} onChoose={(person) => onChange({ person })} />
          <SelectField
            label="State"
            choices={STATES}
            chosen={change.state}
            onChoose={(state) => onChange({ state: state as TypedChange['state'] })}
          />
        </>
      );
    case 'grant':
      return <GrantFields {...props} />;
    case 'role':
      return <RolePermissions {...props} />;
    default:
      return <ScheduleFields key={change.kind} {...props} />;
  }
}

function SettingsFields({ change, onChange }: FieldsProps) {
  return (
    <>
      <SelectField
        label="WebRTC"
        choices={SWITCH}
        chosen={change.webrtc}
        onChoose={(webrtc) => onChange({ webrtc: webrtc as TypedChange['webrtc'] })}
      />
      <SelectField
        label="Softphone only within a shift"
        choices={SWITCH}
        chosen={change.rule}
        onChoose={(rule) => onChange({ rule: rule as TypedChange['rule'] })}
      />
      <LineField
        label="Grace before a shift, minutes"
        type="number"
        value={change.graceBefore}
        onChange={(graceBefore) => onChange({ graceBefore })}
        example="as it is"
      />
      <LineField
        label="Grace after a shift, minutes"
        type="number"
        value={change.graceAfter}
        onChange={(graceAfter) => onChange({ graceAfter })}
        example="as it is"
      />
    </>
  );
}

/** A person, a role or a division. `problem`: what is wrong with the one that is chosen. */
export function SubjectFields(props: {
  typed: TypedSubject;
  onChange: (part: Partial<TypedSubject>) => void;
  problem?: string | null;
}) {
  const { typed, onChange, problem = null } = props;
  return (
    <>
      <SelectField
        label="Whom it would not concern"
        choices={[...SUBJECTS]}
        chosen={typed.subject}
        onChoose={(subject) => onChange({ subject: subject as TypedSubject['subject'] })}
      />
      {typed.subject === 'person' && (
        <PersonField
          label="Who"
          person={typed.person}
          onChoose={(person) => onChange({ person })}
          problem={problem}
        />
      )}
      {typed.subject === 'role' && (
        <RoleField roleId={typed.roleId} onChoose={(roleId) => onChange({ roleId })} problem={problem} />
      )}
      {typed.subject === 'division' && (
        <DivisionField
          divisionId={typed.divisionId}
          onChoose={(divisionId) => onChange({ divisionId })}
          problem={problem}
        />
      )}
    </>
  );
}

function GrantFields({ change, onChange }: FieldsProps) {
  return (
    <>
      <PersonField label="Whose" person={change.person} onChoose={(person) => onChange({ person })} />
      <RoleField roleId={change.roleId} onChoose={(roleId) => onChange({ roleId })} />
      <DivisionField
        divisionId={change.divisionId}
        onChoose={(divisionId) => onChange({ divisionId })}
        all="All divisions"
      />
      <SelectField
        label="Is"
        choices={GIVEN}
        chosen={change.given ? 'given' : 'taken'}
        onChoose={(id) => onChange({ given: id === 'given' })}
      />
    </>
  );
}

export function RoleField(props: {
  roleId: string;
  onChoose: (roleId: string) => void;
  problem?: string | null;
}) {
  const roles = useRoles();
  return (
    <SelectField
      label="Role"
      choices={roles.data ?? []}
      chosen={props.roleId === '' ? null : props.roleId}
      onChoose={props.onChoose}
      placeholder={roles.isPending ? 'Being read…' : 'Choose'}
      problem={roles.isError ? `Roles could not be read: ${roles.error.message}` : props.problem}
    />
  );
}

/** `all`: what no division is called, where that means every one. */
function DivisionField(props: {
  divisionId: string;
  onChoose: (divisionId: string) => void;
  all?: string;
  problem?: string | null;
}) {
  const divisions = useDivisions();
  const { divisionId, all } = props;
  return (
    <SelectField
      label="Division"
      choices={[...(all === undefined ? [] : [{ id: '', name: all }]), ...(divisions.data ?? [])]}
      chosen={divisionId === '' && all === undefined ? null : divisionId}
      onChoose={props.onChoose}
      placeholder={divisions.isPending ? 'Being read…' : 'Choose'}
      problem={divisions.isError ? `Divisions could not be read: ${divisions.error.message}` : props.problem}
    />
  );
}
