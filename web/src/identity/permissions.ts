/** Whether permissions as roles write them (`wfm:*:view`, `*:*:*`) hold one that is asked for (`wfm:agent:view`). */
export function holds(permissions: readonly string[], asked: string): boolean {
  const wanted = asked.split(':');
  return permissions.some((permission) => {
    const parts = permission.split(':');
    return (
      parts.length === wanted.length && parts.every((part, index) => part === '*' || part === wanted[index])
    );
  });
}

const TEAM = ['wfm:shiftTradeRequest:edit', 'wfm:timeOffRequest:edit', 'wfm:realtimeAdherence:view'];

/** Whether somebody has to do with other people's trades, time off or adherence. */
export function leadsTeam(permissions: readonly string[]): boolean {
  return TEAM.some((asked) => holds(permissions, asked));
}

const LEGAL = ['recording:matter:view', 'recording:deletion:view'];

/** Whether somebody has to do with legal holds, or with what is to be deleted. */
export function keepsRecords(permissions: readonly string[]): boolean {
  return LEGAL.some((asked) => holds(permissions, asked));
}

const RECORDINGS = [
  'recording:retentionPolicy:view',
  'recording:annotation:view',
  'recording:import:view',
  'recording:job:view',
];

/** Whether somebody has to do with other recordings than those of their own conversations. */
export function governsRecordings(permissions: readonly string[]): boolean {
  return RECORDINGS.some((asked) => holds(permissions, asked));
}

/** Whether somebody may have the server look at the package of a legal export. */
export function verifiesPackages(permissions: readonly string[]): boolean {
  return holds(permissions, 'discovery:package:verify');
}

/** Whether somebody sees the schedules of others, with what made each. */
export function plansSchedules(permissions: readonly string[]): boolean {
  return holds(permissions, 'wfm:schedule:view');
}

/** Whether somebody is told why others may or may not do something. Of oneself everybody is told. */
export function explainsAccess(permissions: readonly string[]): boolean {
  return holds(permissions, 'access:decision:view');
}
