-- name: insert_division
insert into "authorization".division (organization_id, id, name, description, home, since, changed_by)
values (%(organization_id)s, %(id)s, %(name)s, %(description)s, %(home)s, %(now)s, %(by)s)
on conflict (organization_id, id) do nothing
returning id, name, description, home, version;

-- name: update_division
update "authorization".division
set name = %(name)s, description = %(description)s, version = version + 1, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s
returning id, name, description, home, version;

-- name: list_divisions
select id, name, description, home, version
from "authorization".division where organization_id = %(organization_id)s order by home desc, lower(name), id;

-- name: insert_role
insert into "authorization".role
  (organization_id, id, name, description, default_role_id, permissions, since, changed_by)
values (%(organization_id)s, %(id)s, %(name)s, %(description)s, %(default_role_id)s, %(permissions)s, %(now)s, %(by)s)
on conflict (organization_id, id) do nothing
returning id, name, description, default_role_id, permissions, version, 0 as user_count;

-- name: update_role
update "authorization".role
set name = %(name)s, description = %(description)s, permissions = %(permissions)s, active = %(active)s,
    version = version + 1, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s and active
returning id, name, description, default_role_id, permissions, version, 0 as user_count;

-- name: list_roles
select r.id, r.name, r.description, r.default_role_id, r.permissions, r.version,
       (select count(distinct g.subject_id) from "authorization".role_grant g
        where g.organization_id = r.organization_id and g.role_id = r.id and g.active)::int as user_count
from "authorization".role r
where r.organization_id = %(organization_id)s and r.active
  and (%(ids)s::text[] is null or r.id = any(%(ids)s::text[]))
  and (%(name)s::text is null or lower(r.name) like lower(%(name)s::text))
order by lower(r.name), r.id;

-- name: set_grant
insert into "authorization".role_grant
  (organization_id, subject_id, role_id, division_id, active, since, changed_by)
values (%(organization_id)s, %(subject_id)s, %(role_id)s, %(division_id)s, %(active)s, %(now)s, %(by)s)
on conflict (organization_id, subject_id, role_id, division_id) do update
  set active = excluded.active, since = excluded.since, changed_by = excluded.changed_by
  where role_grant.active is distinct from excluded.active
returning subject_id, role_id, division_id, active;

-- name: list_grants
select g.subject_id, g.division_id, d.name as division_name, coalesce(d.home, false) as home, g.since, g.changed_by,
       r.id, r.name, r.description, r.default_role_id, r.permissions, r.version
from "authorization".role_grant g
join "authorization".role r on r.organization_id = g.organization_id and r.id = g.role_id and r.active
left join "authorization".division d on d.organization_id = g.organization_id and d.id = g.division_id
where g.organization_id = %(organization_id)s and g.active
  and (%(subject_ids)s::text[] is null or g.subject_id = any(%(subject_ids)s::text[]))
  and (%(role_id)s::text is null or g.role_id = %(role_id)s::text)
order by lower(r.name), g.division_id, g.subject_id;

-- name: lock_granters
-- From here to the end of the transaction nobody else takes away who may grant roles.
select pg_advisory_xact_lock(hashtextextended('authorization.granters ' || %(organization_id)s::text, 0));

-- name: list_granters
-- What active people and clients hold, of roles that may give the permission to grant: which do is for the rules to say.
select a.id as subject_id, a.name, h.division_id, h.permissions
from "authorization".public_holding h
join identity.public_acting a on a.organization_id = h.organization_id and a.id = h.subject_id
where h.organization_id = %(organization_id)s
  and exists (select from unnest(h.permissions) as held
              where split_part(held, ':', 1) in ('*', split_part(%(permission)s::text, ':', 1)))
order by a.name, a.id, h.division_id;
