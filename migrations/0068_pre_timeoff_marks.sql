-- Approved time off as schedules carry it: the schedule room's own record of every request that ever was approved, kept
-- in the transaction that changes the request. Whole days become markers, parts of days activities ("marks").
create table schedule.time_off (
  organization_id text not null,
  request_id text not null,
  agent_id text not null,
  business_unit_id text not null,
  sync_version int not null,
  status text not null check (status in ('PENDING', 'APPROVED', 'DENIED', 'CANCELED')),
  span tstzrange not null,
  absences jsonb not null, -- one for each piece, in order of time
  primary key (organization_id, request_id)
);
create index time_off_by_agent on schedule.time_off using gist (organization_id, agent_id, span) where (status = 'APPROVED');

insert into schedule.time_off
select r.organization_id, r.id, r.person_id, r.business_unit_id, r.sync_version, r.status,
       tstzrange(lower(r.span), upper(r.span)),
       (select jsonb_agg(jsonb_build_object(
                 'request_id', r.id, 'sync_version', r.sync_version, 'code_id', r.activity_code_id, 'paid', r.paid,
                 'start', r.starts[n], 'end', r.ends[n], 'minutes', r.minutes[n],
                 'payable_minutes', r.payable_minutes[n], 'day', r.days[n],
                 'start_offset_minutes', r.earliest_start_offsets[n], 'end_offset_minutes', r.latest_end_offsets[n])
               order by n)
        from generate_subscripts(r.starts, 1) n)
from timeoff.request r where r.status = 'APPROVED';

-- What stood where time off covers a schedule, from one revision up to another (null: current): a shift, a day's
-- marker, or that the agent had no part at all. "content" has it with the absences that cover it.
create table schedule.covered (
  organization_id text not null,
  schedule_id text not null,
  agent_id text not null,
  id text not null,
  from_revision int not null,
  to_revision int,
  content jsonb not null,
  primary key (organization_id, schedule_id, agent_id, id, from_revision)
);
create unique index covered_current on schedule.covered (organization_id, schedule_id, agent_id, id)
  where to_revision is null;

create view schedule.public_time_off as
select organization_id, request_id, agent_id, sync_version, status from schedule.time_off;

-- The marks in force.
create view schedule.public_time_off_mark as
select f.organization_id, f.schedule_id, f.agent_id, f.time_off_request_id as request_id,
       f.time_off_request_sync_version as sync_version, f.day, null::text as shift_id
from schedule.full_day f
join schedule.schedule s on s.organization_id = f.organization_id and s.id = f.schedule_id and s.published and s.active
where f.to_revision is null and f.time_off_request_id is not null
union all
select s.organization_id, s.schedule_id, s.agent_id, d.time_off_request_id, d.time_off_request_sync_version, null, s.id
from schedule.shift s
cross join lateral jsonb_to_recordset(s.activity_details)
  as d (time_off_request_id text, time_off_request_sync_version int)
where s.book = 'published' and s.to_revision is null and s.activity_details is not null
  and d.time_off_request_id is not null;

-- A mark in force and its request never disagree. A mark of no request that is known here (a week that was brought
-- with marks of its own) is nobody's concern.
create function schedule.refuse_disagreement(of_organization text, of_schedule text, of_agent text) returns void
language plpgsql set plan_cache_mode = force_custom_plan as $$
declare
  mark record;
begin
  for mark in
    select m.request_id, m.schedule_id, m.sync_version as marked, t.sync_version, t.status
    from schedule.public_time_off_mark m
    join schedule.time_off t on t.organization_id = m.organization_id and t.request_id = m.request_id
    where m.organization_id = of_organization and (of_schedule is null or m.schedule_id = of_schedule)
      and (of_agent is null or m.agent_id = of_agent)
      and (t.status <> 'APPROVED' or t.agent_id <> m.agent_id or t.sync_version is distinct from m.sync_version)
    limit 1
  loop
    raise exception 'schedule % carries revision % of time-off request %, which is % at revision %',
      mark.schedule_id, mark.marked, mark.request_id, mark.status, mark.sync_version
      using errcode = 'check_violation', constraint = 'mark_agrees_with_request';
  end loop;
end
$$;

create function schedule.judge_marks_of_row() returns trigger language plpgsql as $$
begin
  perform schedule.refuse_disagreement(new.organization_id, new.schedule_id, new.agent_id);
  return null;
end
$$;
create constraint trigger mark_agrees_with_request after insert on schedule.full_day
  deferrable initially deferred for each row when (new.time_off_request_id is not null)
  execute function schedule.judge_marks_of_row();
create constraint trigger mark_agrees_with_request after insert or update of book on schedule.shift
  deferrable initially deferred for each row when (new.book = 'published' and new.activity_details @? '$[*].time_off_request_id')
  execute function schedule.judge_marks_of_row();

create function schedule.judge_marks_of_schedule() returns trigger language plpgsql as $$
begin
  perform schedule.refuse_disagreement(new.organization_id, new.id, null);
  return null;
end
$$;
create constraint trigger mark_agrees_with_request after update of published on schedule.schedule
  deferrable initially deferred for each row when (new.published and not old.published)
  execute function schedule.judge_marks_of_schedule();

create function schedule.judge_marks_of_request() returns trigger language plpgsql as $$
begin
  perform schedule.refuse_disagreement(new.organization_id, null, new.agent_id);
  if not exists (select from timeoff.public_request r
                 join schedule.time_off t on t.organization_id = r.organization_id and t.request_id = r.id
                 where r.organization_id = new.organization_id and r.id = new.request_id and r.status = t.status
                   and r.sync_version = t.sync_version and r.person_id = t.agent_id) then
    raise exception 'the schedules'' record of time-off request % is not of its revision', new.request_id
      using errcode = 'check_violation', constraint = 'record_agrees_with_request';
  end if;
  return null;
end
$$;
create constraint trigger mark_agrees_with_request after insert or update on schedule.time_off
  deferrable initially deferred for each row execute function schedule.judge_marks_of_request();

-- And no request is approved, or taken back, without the schedules.
create function timeoff.judge_record() returns trigger language plpgsql as $$
begin
  if exists (select from timeoff.request r
             left join schedule.public_time_off t on t.organization_id = r.organization_id and t.request_id = r.id
             where r.organization_id = new.organization_id and r.id = new.id
               and case when t.request_id is null then r.status = 'APPROVED'
                        else t.status <> r.status or t.sync_version <> r.sync_version end) then
    raise exception 'the schedules do not know the present revision of time-off request %', new.id
      using errcode = 'check_violation', constraint = 'record_agrees_with_request';
  end if;
  return null;
end
$$;
create constraint trigger record_agrees_with_request after insert or update of status, sync_version on timeoff.request
  deferrable initially deferred for each row execute function timeoff.judge_record();

-- Offers that stand open, for whoever takes the shift away.
create view trades.public_open_offer as
select organization_id, id, person_id, schedule_id, shift_id, span, expires_at
from trades.trade where state = 'Unmatched';
