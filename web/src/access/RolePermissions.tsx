import { Skeleton } from '../design/components';
import { CheckField, SelectField } from '../design/fields';
import styles from './Asking.module.css';
import { type FieldsProps, RoleField } from './ChangeFields';
import { usePermissionNames, useRolePermissions } from './choices';

/** The permissions of a role as they would be: some taken away, some more. */
export function RolePermissions({ change, onChange }: FieldsProps) {
  const held = useRolePermissions(change.roleId);
  const known = usePermissionNames();
  const kept = change.permissions ?? held.data ?? [];
  const shown = [...new Set([...(held.data ?? []), ...kept])].sort();
  const turn = (permission: string, isOn: boolean) =>
    onChange({ permissions: isOn ? [...kept, permission] : kept.filter((each) => each !== permission) });
  return (
    <>
      <RoleField
        roleId={change.roleId}
        onChoose={(roleId) => onChange({ roleId, permissions: null })}
        problem={held.isError ? `Its permissions could not be read: ${held.error.message}` : null}
      />
      {change.roleId !== '' && !held.isError && (
        <>
          <SelectField
            label="One more permission"
            choices={(known.data ?? [])
              .filter((each) => !shown.includes(each))
              .map((id) => ({ id, name: id }))}
            chosen={null}
            onChoose={(permission) => turn(permission, true)}
            problem={known.isError ? `Permissions could not be read: ${known.error.message}` : null}
          />
          {held.data ? (
            <fieldset className={styles.permissions}>
              <legend>Permissions that it would have</legend>
              {shown.map((permission) => (
                <CheckField
                  key={permission}
                  isChecked={kept.includes(permission)}
                  onChange={(isOn) => turn(permission, isOn)}
                >
                  {permission}
                </CheckField>
              ))}
            </fieldset>
          ) : (
            <Skeleton height="6rem" />
          )}
        </>
      )}
    </>
  );
}
