-- name: list_watched
select m.organization_id, m.business_unit_id, m.id, m.settings, s.looked_at
from units.public_management_unit m
left join trades.ring_search s
  on s.organization_id = m.organization_id and s.business_unit_id = m.business_unit_id
where m.active and m.settings -> 'shiftTrading' ? 'ringSearchMinutes'
order by m.organization_id, m.business_unit_id, m.id;

-- name: weigh_market
select md5(concat_ws('/',
  array_to_string(%(week_dates)s::date[], ','),
  array_to_string(%(management_unit_ids)s::text[], ','),
  (select string_agg(t.id || ':' || t.version, ',' order by t.id) from trades.trade t
   where t.organization_id = %(organization_id)s and t.business_unit_id = %(business_unit_id)s
     and t.week_date = any(%(week_dates)s::date[]) and t.state = 'Unmatched'),
  '-',
  (select max(w.changed_at) from trades.wanted w
   where w.organization_id = %(organization_id)s and w.business_unit_id = %(business_unit_id)s
     and w.week_date = any(%(week_dates)s::date[])),
  '-',
  (select max(c.changed_at) from trades.cycle c
   where c.organization_id = %(organization_id)s and c.business_unit_id = %(business_unit_id)s
     and c.state in ('Declined', 'Denied', 'Void', 'Expired')))) as market;

-- name: find_last
select market, searched_at from trades.ring_search
where organization_id = %(organization_id)s and business_unit_id = %(business_unit_id)s;

-- name: keep_last
insert into trades.ring_search (organization_id, business_unit_id, market, looked_at, searched_at)
values (%(organization_id)s, %(business_unit_id)s, %(market)s, %(now)s, %(searched_at)s)
on conflict (organization_id, business_unit_id) do update
set market = excluded.market, looked_at = excluded.looked_at, searched_at = excluded.searched_at;
