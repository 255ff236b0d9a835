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

-- name: list_all_wishes
select id, person_id, lower(span) as starts_at, upper(span) as ends_at, level, notes
from preferences.wish
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[]) and removed_at is null
  and span && tstzrange(%(from)s::timestamptz, %(until)s::timestamptz)
order by person_id, span, id;

-- name: list_standing_wishes
-- Those that are valid on some day of [from, until]; null does not bound.
select id, person_id, kind, level, valid_from, valid_until, days, earliest_start_minutes, latest_start_minutes, partner_ids,
       notes, version, changed_by, changed_at
from preferences.standing_wish
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[]) and removed_at is null
  and (%(until)s::date is null or valid_from <= %(until)s::date)
  and (%(from)s::date is null or valid_until is null or valid_until >= %(from)s::date)
order by person_id, valid_from, id;

-- name: put_standing_wish
insert into preferences.standing_wish
  (organization_id, id, person_id, kind, level, valid_from, valid_until, days, earliest_start_minutes,
   latest_start_minutes, partner_ids, notes, version, changed_by, changed_at)
values
  (%(organization_id)s, %(id)s, %(person_id)s, %(kind)s, %(level)s, %(valid_from)s, %(valid_until)s, %(days)s::text[],
   %(earliest_start_minutes)s, %(latest_start_minutes)s, %(partner_ids)s::text[], %(notes)s, %(version)s, %(by)s,
   %(now)s)
on conflict (organization_id, id) do update
  set kind = excluded.kind, level = excluded.level, valid_from = excluded.valid_from,
      valid_until = excluded.valid_until, days = excluded.days,
      earliest_start_minutes = excluded.earliest_start_minutes, latest_start_minutes = excluded.latest_start_minutes,
      partner_ids = excluded.partner_ids, notes = excluded.notes, version = excluded.version,
      changed_by = excluded.changed_by, changed_at = excluded.changed_at;

-- name: remove_standing_wish
update preferences.standing_wish
set removed_at = %(now)s, changed_by = %(by)s, changed_at = %(now)s, version = version + 1
where organization_id = %(organization_id)s and id = %(id)s and person_id = %(person_id)s and removed_at is null;

-- name: find_settings
select unit_id, enabled, conflicts from preferences.unit_setting
where organization_id = %(organization_id)s and family = %(family)s and unit_id = any(%(unit_ids)s::text[]);

-- name: put_settings
insert into preferences.unit_setting (organization_id, unit_id, family, enabled, conflicts, changed_by, changed_at)
values (%(organization_id)s, %(unit_id)s, %(family)s, %(enabled)s, %(conflicts)s, %(by)s, %(now)s)
on conflict (organization_id, unit_id, family) do update
  set enabled = excluded.enabled, conflicts = excluded.conflicts, changed_by = excluded.changed_by,
      changed_at = excluded.changed_at
  where (unit_setting.enabled, unit_setting.conflicts) is distinct from (excluded.enabled, excluded.conflicts);

-- name: insert_validation
insert into preferences.validation (organization_id, id, person_id, at, body)
values (%(organization_id)s, %(id)s, %(person_id)s, %(now)s, %(body)s::jsonb);

-- name: find_validation
select body from preferences.validation
where organization_id = %(organization_id)s and id = %(id)s and person_id = %(person_id)s;

-- name: forget_validations
delete from preferences.validation where at < %(now)s::timestamptz - interval '1 day';
