-- name: put_feed
-- One feed a person: a new address ends the one before.
insert into schedule.calendar_feed (organization_id, person_id, address_digest, created_at)
values (%(organization_id)s, %(person_id)s, %(address_digest)s, %(now)s)
on conflict (organization_id, person_id) do update
  set address_digest = excluded.address_digest, created_at = excluded.created_at;

-- name: find_feed
select created_at from schedule.calendar_feed
where organization_id = %(organization_id)s and person_id = %(person_id)s;

-- name: delete_feed
delete from schedule.calendar_feed
where organization_id = %(organization_id)s and person_id = %(person_id)s;

-- name: find_feed_by_address
-- Whose it is, while they are active and may see their own shifts.
select f.person_id, p.name
from schedule.calendar_feed f
join identity.public_person p on p.organization_id = f.organization_id and p.id = f.person_id and p.state = 'active'
where f.organization_id = %(organization_id)s and f.address_digest = %(address_digest)s
  and exists (select from identity.public_organization_timeline o
              where o.organization_id = f.organization_id and upper_inf(o.valid) and o.active)
  and exists (select from "authorization".public_holding h
              where h.organization_id = f.organization_id and h.subject_id = f.person_id
                and h.permissions && %(permissions)s::text[]);

-- name: read_feed_shifts
-- A person's shifts in force, with the revision that each came by.
select s.schedule_id, s.agent_id, s.id, lower(s.span) as starts_at, upper(s.span) as ends_at, s.wall_start, s.wall_end,
       s.zone, s.start_disambiguation, s.end_disambiguation, s.start_offset_seconds, s.end_offset_seconds, s.tzdata,
       s.paid_minutes, s.is_swap, s.swap_reason, s.skill_ids, s.manually_edited, s.work_plan_id, s.work_plan_shift_id,
       s.activity_starts, s.activity_code_ids, s.activity_paid, s.activity_payable_minutes, s.activity_details,
       s.from_revision, r.at as revised_at, c.business_unit_id
from schedule.shift s
join schedule.schedule c on c.organization_id = s.organization_id and c.id = s.schedule_id
join schedule.revision r
  on r.organization_id = s.organization_id and r.schedule_id = s.schedule_id and r.number = s.from_revision
where s.organization_id = %(organization_id)s and s.agent_id = %(person_id)s and s.book = 'published'
  and s.to_revision is null and s.span && tstzrange(%(start)s, %(end)s)
  and lower(s.span) > %(start)s::timestamptz - interval '2 days' and lower(s.span) < %(end)s::timestamptz
order by s.span;

-- name: read_feed_days
-- A person's whole days off in force, with the revision that each came by.
select f.schedule_id, f.day, f.activity_code_id as code_id, f.paid, f.length_minutes, f.payable_minutes,
       f.start_offset_minutes, f.end_offset_minutes, f.description, f.time_off_request_id,
       f.time_off_request_sync_version, f.from_revision, r.at as revised_at, c.business_unit_id
from schedule.full_day f
join schedule.schedule c
  on c.organization_id = f.organization_id and c.id = f.schedule_id and c.published and c.active
join schedule.revision r
  on r.organization_id = f.organization_id and r.schedule_id = f.schedule_id and r.number = f.from_revision
where f.organization_id = %(organization_id)s and f.agent_id = %(person_id)s and f.to_revision is null
  and f.day >= %(first_day)s::date and f.day < %(end_day)s::date
order by f.day;
