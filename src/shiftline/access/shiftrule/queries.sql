-- name: find_subject
-- The name of a person, a role or a division that is there.
select case %(kind)s::text
    when 'person' then
      (select p.name from identity.public_person p
       where p.organization_id = %(organization_id)s and p.id = %(subject_id)s and p.state <> 'deleted')
    when 'role' then
      (select r.name from "authorization".public_role r
       where r.organization_id = %(organization_id)s and r.id = %(subject_id)s and r.active)
    else
      (select d.name from "authorization".public_division d
       where d.organization_id = %(organization_id)s and d.id = %(subject_id)s)
  end as name;

-- name: set_exception
-- One row a subject: what already is so stays as it is, and returns nothing.
insert into access.shift_exception as e (organization_id, id, kind, subject_id, reason, ends_at, since, changed_by)
values (%(organization_id)s, %(id)s, %(kind)s, %(subject_id)s, %(reason)s, %(ends_at)s, %(now)s, %(by)s)
on conflict (organization_id, kind, subject_id) do update
  set reason = excluded.reason, ends_at = excluded.ends_at, active = true, version = e.version + 1, since = excluded.since,
      changed_by = excluded.changed_by
  where not e.active or e.reason <> excluded.reason or e.ends_at is distinct from excluded.ends_at
returning id;

-- name: end_exception
update access.shift_exception
set active = false, version = version + 1, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s and active
returning id;

-- name: find_exceptions
-- By id, by subject, or all; with "at" those that stand then. Persons first, then roles, then divisions.
select e.id, e.kind, e.subject_id, e.reason, e.ends_at, e.active, e.version, e.since, e.changed_by,
       coalesce(p.name, r.name, d.name) as subject_name, coalesce(by_person.name, by_client.name) as changed_by_name,
       count(*) over ()::int as total
from access.shift_exception e
left join identity.public_person p
  on e.kind = 'person' and p.organization_id = e.organization_id and p.id = e.subject_id
left join "authorization".public_role r
  on e.kind = 'role' and r.organization_id = e.organization_id and r.id = e.subject_id
left join "authorization".public_division d
  on e.kind = 'division' and d.organization_id = e.organization_id and d.id = e.subject_id
left join identity.public_person by_person
  on by_person.organization_id = e.organization_id and by_person.id = e.changed_by
left join identity.public_client by_client
  on by_client.organization_id = e.organization_id and by_client.id = e.changed_by
where e.organization_id = %(organization_id)s
  and (%(id)s::text is null or e.id = %(id)s::text)
  and (%(subject_id)s::text is null or (e.kind, e.subject_id) = (%(kind)s::text, %(subject_id)s::text))
  and (%(at)s::timestamptz is null or e.active and (e.ends_at is null or e.ends_at > %(at)s::timestamptz))
order by array_position(array['person', 'role', 'division'], e.kind), lower(coalesce(p.name, r.name, d.name)), e.id
limit %(limit)s offset %(offset)s;

-- name: lock_overrides
select pg_advisory_xact_lock(hashtextextended('access.override ' || %(organization_id)s::text || ' ' || %(person_id)s::text, 0));

-- name: find_same_override
-- What the same person or client asked for in the same words, and stands.
select id from access.shift_override
where organization_id = %(organization_id)s and person_id = %(person_id)s and granted_by = %(by)s and reason = %(reason)s
  and ended_at is null and ends_at > %(now)s and ends_at - starts_at = make_interval(mins => %(minutes)s::int)
order by ends_at desc, id limit 1;

-- name: insert_override
insert into access.shift_override
  (organization_id, id, person_id, reason, starts_at, ends_at, granted_by, since, changed_by)
values (%(organization_id)s, %(id)s, %(person_id)s, %(reason)s, %(now)s,
        %(now)s::timestamptz + make_interval(mins => %(minutes)s::int), %(by)s, %(now)s, %(by)s);

-- name: end_override
-- What is over by itself stays as it is.
update access.shift_override set ended_at = %(now)s, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s and ended_at is null and ends_at > %(now)s
returning id;

-- name: find_overrides
-- By id, by person, or all; with "at" those that stand then. The latest first.
select v.id, v.person_id, v.reason, v.starts_at, v.ends_at, v.ended_at, v.granted_by, v.since, v.changed_by,
       p.name as person_name, p.division_id, coalesce(by_person.name, by_client.name) as granted_by_name,
       count(*) over ()::int as total
from access.shift_override v
left join identity.public_person p on p.organization_id = v.organization_id and p.id = v.person_id
left join identity.public_person by_person
  on by_person.organization_id = v.organization_id and by_person.id = v.granted_by
left join identity.public_client by_client
  on by_client.organization_id = v.organization_id and by_client.id = v.granted_by
where v.organization_id = %(organization_id)s
  and (%(id)s::text is null or v.id = %(id)s::text)
  and (%(person_id)s::text is null or v.person_id = %(person_id)s::text)
  and (%(division_ids)s::text[] is null or p.division_id = any(%(division_ids)s::text[]))
  and (%(at)s::timestamptz is null or v.ended_at is null and v.ends_at > %(at)s::timestamptz)
order by v.starts_at desc, v.id
limit %(limit)s offset %(offset)s;
