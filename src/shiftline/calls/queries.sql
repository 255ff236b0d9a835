-- name: insert_leg
insert into calls.leg
  (organization_id, id, kind, conversation_id, participant_id, person_id, offer_id, node_id, session_id,
   session_conversation_id, jid, state, auto_answer, persistent, remote_sdp, remote_address, secret_digest,
   wish, made_at, due_at)
values
  (%(organization_id)s, %(id)s, %(kind)s, %(conversation_id)s, %(participant_id)s, %(person_id)s, %(offer_id)s, %(node_id)s,
   %(session_id)s, %(session_conversation_id)s, %(jid)s, %(state)s, %(auto_answer)s, %(persistent)s, %(remote_sdp)s,
   %(remote_address)s, %(secret_digest)s, %(wish)s, %(made_at)s, %(due_at)s);

-- name: update_leg
update calls.leg
set conversation_id = %(conversation_id)s, participant_id = %(participant_id)s, offer_id = %(offer_id)s, node_id = %(node_id)s,
    generation = %(generation)s, session_id = %(session_id)s, former_session_id = %(former_session_id)s, jid = %(jid)s, state = %(state)s,
    session_conversation_id = %(session_conversation_id)s, auto_answer = %(auto_answer)s, wish = %(wish)s, reinvite = %(reinvite)s,
    local_sdp = %(local_sdp)s, remote_sdp = %(remote_sdp)s, remote_candidates = %(remote_candidates)s,
    ice_offer = %(ice_offer)s, ice_answer = %(ice_answer)s, digits = %(digits)s,
    connected_at = %(connected_at)s, ended_at = %(ended_at)s, end_reason = %(end_reason)s, due_at = %(due_at)s,
    stats = %(stats)s, version = %(version)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: put_stats
-- By a node, for all that it carries. Measurements change nothing, so nobody is told. A leg that is being changed just now is
-- left for the next time: who waits for one row while they hold others waits for ever, sooner or later.
with given as (
  select * from jsonb_to_recordset(%(rows)s::jsonb) as s (organization_id text, id text, generation int, stats jsonb)
), free as (
  select l.organization_id, l.id from calls.leg l
  join given on given.organization_id = l.organization_id and given.id = l.id and given.generation = l.generation
  for update of l skip locked
)
update calls.leg l set stats = given.stats
from given join free using (organization_id, id)
where l.organization_id = given.organization_id and l.id = given.id;

-- name: put_last_stats
-- Of one leg, when its generation is over.
update calls.leg set stats = %(stats)s
where organization_id = %(organization_id)s and id = %(id)s and generation = %(generation)s;

-- name: legs_of_conversation
select * from calls.leg
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and state <> 'ended'
order by made_at, id;

-- name: all_legs_of_conversation
select * from calls.leg
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s
order by made_at, id;

-- name: lock_legs_of_conversation
select * from calls.leg
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and state <> 'ended'
order by id for update;

-- name: find_leg
select * from calls.leg where organization_id = %(organization_id)s and id = %(id)s;

-- name: lock_leg
select * from calls.leg where organization_id = %(organization_id)s and id = %(id)s for update;

-- name: find_session
select * from calls.leg
where organization_id = %(organization_id)s and session_id = %(session_id)s and person_id = %(person_id)s;

-- name: legs_of_person
select * from calls.leg
where organization_id = %(organization_id)s and person_id = %(person_id)s and state <> 'ended'
order by made_at, id;

-- name: people_on_calls
-- Those of some people (null: of all) who have a leg.
select distinct person_id from calls.leg
where organization_id = %(organization_id)s and state <> 'ended' and person_id is not null
  and (%(person_ids)s::text[] is null or person_id = any(%(person_ids)s::text[]));

-- name: people_without_session
-- Across organizations: who has a leg at a softphone that has no live session.
select distinct l.organization_id, l.person_id from calls.leg l
where l.state <> 'ended' and l.person_id is not null and l.jid is not null
  and not exists (select from presence.public_session_lease s
                  where s.organization_id = l.organization_id and s.person_id = l.person_id and s.jid = l.jid
                    and s.closed_at is null and s.expires_at > %(real_now)s::timestamptz);

-- name: pending_legs
select * from calls.leg
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[])
  and state <> 'ended' and state in ('proposed', 'offered')
union all
select * from calls.leg
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[])
  and state = 'ended' and ended_at > %(since)s::timestamptz
order by made_at, id;

-- name: legs_of_node
select * from calls.leg where node_id = %(node_id)s and state <> 'ended'
order by organization_id, id limit %(limit)s::int;

-- name: due_legs
-- Across organizations: for the clock that gives up what does not come.
select organization_id, id from calls.leg
where state <> 'ended' and due_at <= %(real_now)s
order by due_at limit %(limit)s::int;

-- name: find_consultation
select id, initiator_id, object_id, destination_id, speak_to from calls.consultation
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and ended_at is null;

-- name: insert_consultation
insert into calls.consultation
  (organization_id, id, conversation_id, initiator_id, object_id, destination_id, speak_to, began_at)
values (%(organization_id)s, %(id)s, %(conversation_id)s, %(initiator_id)s, %(object_id)s, %(destination_id)s, %(speak_to)s, %(now)s);

-- name: update_consultation
update calls.consultation set speak_to = %(speak_to)s
where organization_id = %(organization_id)s and id = %(id)s and ended_at is null;

-- name: end_consultation
update calls.consultation set ended_at = %(now)s, outcome = %(outcome)s
where organization_id = %(organization_id)s and id = %(id)s and ended_at is null;

-- name: end_slot
update calls.media_node set ended_at = %(real_now)s
where slot = %(slot)s and ended_at is null
returning id;

-- name: insert_node
insert into calls.media_node (id, slot, started_at, renewed_at, expires_at)
values (%(id)s, %(slot)s, %(real_now)s, %(real_now)s, %(real_now)s::timestamptz + %(lifetime)s::interval);

-- name: renew_node
update calls.media_node
set renewed_at = %(real_now)s, expires_at = %(real_now)s::timestamptz + %(lifetime)s::interval
where id = %(id)s and ended_at is null
returning id;

-- name: end_node
update calls.media_node set ended_at = %(real_now)s where id = %(id)s and ended_at is null;

-- name: live_nodes
select n.id, n.slot, n.started_at, n.expires_at,
       (select count(*)::int from calls.leg l where l.node_id = n.id and l.state <> 'ended') as legs,
       (select count(*)::int from calls.leg l
        where l.node_id = n.id and l.persistent and l.state <> 'ended'
          and l.organization_id = %(organization_id)s) as persistent
from calls.media_node n
where n.ended_at is null and n.expires_at > %(real_now)s
order by n.slot;

-- name: dead_nodes
-- Those that carried something which is not yet carried elsewhere.
select n.id, n.slot from calls.media_node n
where (n.ended_at is not null or n.expires_at <= %(real_now)s)
  and exists (select from calls.leg l where l.node_id = n.id and l.state not in ('ended', 'lost'));

-- name: expire_nodes
update calls.media_node set ended_at = %(real_now)s
where ended_at is null and expires_at <= %(real_now)s
returning id, slot;

-- name: find_zone
-- Where an agent works: their management unit's zone.
select coalesce(a.time_zone, a.business_unit_time_zone) as zone from units.public_agent a
where a.organization_id = %(organization_id)s and a.person_id = %(person_id)s;

-- name: find_phone
-- What an agent's phone can do, and whether anybody is at it.
select s.station_id, coalesce(p.call_appearances, 1) as call_appearances,
       exists (select from presence.public_session_lease l
               where l.organization_id = %(organization_id)s and l.person_id = %(person_id)s and l.transport = 'xmpp'
                 and l.closed_at is null and l.expires_at > %(real_now)s) as reachable
from (select 1) one
left join stations.public_association_timeline s
  on s.organization_id = %(organization_id)s and s.person_id = %(person_id)s and upper_inf(s.valid)
left join stations.public_station p on p.organization_id = %(organization_id)s and p.id = s.station_id;

-- name: people_wanting_persistent
-- Those at a station that keeps its connection between calls, by its own settings or the tenant's, whose softphone is there.
select s.person_id
from unnest(%(person_ids)s::text[]) as came (person_id)
join stations.public_association_timeline s
  on s.organization_id = %(organization_id)s and s.person_id = came.person_id and upper_inf(s.valid)
join identity.public_tenant_settings_timeline t on t.organization_id = %(organization_id)s and upper_inf(t.valid)
where (s.persistent or t.persistent_connection_required)
  and exists (select from presence.public_session_lease l
              where l.organization_id = s.organization_id and l.person_id = s.person_id and l.transport = 'xmpp'
                and l.closed_at is null and l.expires_at > %(real_now)s)
order by s.person_id;

-- name: find_callee
-- A person by id, or by an address that is theirs alone.
select p.id, p.name from identity.public_person p
where p.organization_id = %(organization_id)s and p.state = 'active'
  and (p.id = %(id)s::text or lower(p.email) = lower(%(address)s::text) or lower(p.jabber_id) = lower(%(address)s::text))
limit 2;

-- name: find_web_queue
-- Across organizations: a web caller knows the queue's id only. A queue that is not opened to the web is not found.
select q.organization_id, q.id, q.name, q.settings -> 'web_calls' as web_calls
from routing.public_queue q
where q.id = %(queue_id)s and (%(organization_id)s::text is null or q.organization_id = %(organization_id)s::text)
  and ((q.settings -> 'web_calls' ->> 'enabled')::boolean or %(organization_id)s::text is not null)
limit 2;

-- name: find_queue
select q.id, q.name, q.division_id, q.settings from routing.public_queue q
where q.organization_id = %(organization_id)s and q.id = %(queue_id)s;

-- name: known_skills
select s.id from routing.public_skill s
where s.organization_id = %(organization_id)s and s.id = any(%(ids)s::text[]);

-- name: unplaced_offers
-- Offers whose phone does not ring yet: those just made, and those whose maker died before it rang.
select o.id from routing.public_offer o
where o.organization_id = %(organization_id)s and o.state = 'alerting' and o.medium in ('call', 'callback')
  and not exists (select from calls.leg l where l.organization_id = o.organization_id and l.offer_id = o.id)
order by o.offered_at, o.id limit %(limit)s::int;

-- name: organizations_with_unplaced_offers
select distinct o.organization_id from routing.public_offer o
where o.state = 'alerting' and o.medium in ('call', 'callback')
  and not exists (select from calls.leg l where l.organization_id = o.organization_id and l.offer_id = o.id);

-- name: count_web_legs
-- How many web calls an address has under way, whomever they are for.
select count(*)::int as calls from calls.leg
where kind = 'web' and state <> 'ended' and remote_address = %(address)s;

-- name: find_web_leg
-- Across organizations: whoever knows the secret is the caller.
select * from calls.leg where id = %(id)s and kind = 'web' and secret_digest = %(secret_digest)s;

-- name: lock_person
-- Two that use a person's lines, or offer them a persistent connection, wait for each other.
select pg_advisory_xact_lock(hashtextextended('calls.person ' || %(organization_id)s::text || ' ' || %(person_id)s::text, 0));

-- name: lock_address
-- Web calls that begin from one address at once are counted one after the other.
select pg_advisory_xact_lock(hashtextextended('calls.address ' || %(address)s::text, 0));

-- name: find_node_heard_at
-- When a node was heard last, in real time.
select coalesce(n.ended_at, n.renewed_at) as at from calls.media_node n where n.id = %(id)s;

-- name: list_legless
-- Across organizations, or one call: calls that go on although their last leg ended, or none was ever made.
select c.organization_id, c.id as conversation_id, coalesce(leg.ended_at, c.started_at) as since
from conversations.public_conversation c
cross join lateral (
  select max(l.ended_at) as ended_at, coalesce(bool_or(l.state <> 'ended'), false) as lives from calls.leg l
  where l.organization_id = c.organization_id and l.conversation_id = c.id
) leg
where c.ended_at is null and c.medium = 'call' and not leg.lives and coalesce(leg.ended_at, c.started_at) <= %(before)s
  and (%(organization_id)s::text is null
       or (c.organization_id = %(organization_id)s::text and c.id = %(conversation_id)s::text))
order by since limit %(limit)s::int;
