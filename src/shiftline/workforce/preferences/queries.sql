-- name: queue_changes
-- One change of an agent's wishes after the other.
select pg_advisory_xact_lock(hashtextextended(%(organization_id)s || ' ' || %(person_id)s, 33));

-- name: list_standing
select id, person_id, lower(span) as starts_at, upper(span) as ends_at, level, notes
from preferences.wish
where organization_id = %(organization_id)s and person_id = %(person_id)s and removed_at is null
  and (level = 'Unavailable') = %(unavailable)s;

-- name: find_gone
select id from preferences.wish
where organization_id = %(organization_id)s and person_id = %(person_id)s and removed_at is not null
  and (level = 'Unavailable') = %(unavailable)s and id = any(%(ids)s::text[]);

-- name: list_wishes
select id, person_id, lower(span) as starts_at, upper(span) as ends_at, level, notes
from preferences.wish
where organization_id = %(organization_id)s and person_id = %(person_id)s and removed_at is null
  and (level = 'Unavailable') = %(unavailable)s
  and span && tstzrange(%(from)s::timestamptz, %(until)s::timestamptz)
order by span, id;

-- name: set_aside
-- Wishes that get a new span must not meet each other, or those that they make room for, on the way.
update preferences.wish set removed_at = %(now)s, changed_by = %(by)s, changed_at = %(now)s
where organization_id = %(organization_id)s and id = any(%(ids)s::text[]) and removed_at is null;

-- name: put_wish
insert into preferences.wish (organization_id, id, person_id, span, level, notes, changed_by, changed_at)
values (%(organization_id)s, %(id)s, %(person_id)s, tstzrange(%(starts_at)s::timestamptz, %(ends_at)s::timestamptz),
        %(level)s, %(notes)s, %(by)s, %(now)s)
on conflict (organization_id, id) do update
  set span = excluded.span, level = excluded.level, notes = excluded.notes, changed_by = excluded.changed_by,
      changed_at = excluded.changed_at, removed_at = null;
