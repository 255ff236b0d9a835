-- A softphone that comes back is told which of its sessions ended a moment ago.
create index leg_ended on calls.leg (organization_id, person_id, ended_at) where state = 'ended' and person_id is not null;
