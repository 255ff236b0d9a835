-- name: insert_channel
-- Beyond the most that one owner may have with one client, the least recently used go; the new one is not among them yet.
with evicted as (
  delete from signalling.channel c
  where c.organization_id = %(organization_id)s and c.id in (
    select k.id from signalling.channel k
    where k.organization_id = %(organization_id)s and coalesce(k.person_id, k.client_id) = %(owner)s
      and k.client_id = %(client_id)s
    order by k.last_used desc, k.id offset %(most_others)s)
  returning c.id
)
insert into signalling.channel (organization_id, id, person_id, client_id, token_digest, created_at)
values (%(organization_id)s, %(id)s, %(person_id)s, %(client_id)s, %(token_digest)s, %(now)s)
returning id, organization_id, person_id, client_id, token_digest, topics, expires_at,
          array(select e.id from evicted e) as evicted;

-- name: find_channel
-- By its id alone: the id is the secret that names it. The person's JID comes with it.
select c.id, c.organization_id, c.person_id, c.client_id, c.token_digest, c.topics, c.expires_at,
       p.jabber_id, c.expires_at <= clock_timestamp() as expired,
       (select t.expires_at from identity.public_token t
        join identity.public_organization_timeline o
          on o.organization_id = t.organization_id and upper_inf(o.valid) and o.active
        where t.organization_id = c.organization_id and t.digest = c.token_digest
          and t.revoked_at is null and t.expires_at > clock_timestamp()) as token_ends_at
from signalling.channel c
left join identity.public_person p on p.organization_id = c.organization_id and p.id = c.person_id
where c.id = %(id)s;

-- name: find_channel_of_softphone
-- That on which a softphone had its last session. Sessions name it by its digest.
select c.id
from (select l.channel_id from presence.public_session_lease l
      where l.organization_id = %(organization_id)s and l.person_id = %(person_id)s and l.jid = %(jid)s
      order by l.opened_at desc limit 1) as last
join signalling.channel c on c.organization_id = %(organization_id)s and c.person_id = %(person_id)s
  and encode(sha256(convert_to(c.id, 'UTF8')), 'hex') = last.channel_id;

-- name: list_channels
select id, organization_id, person_id, client_id, token_digest, topics, expires_at
from signalling.channel
where organization_id = %(organization_id)s and token_digest = %(token_digest)s and expires_at > clock_timestamp()
order by created_at desc, id;

-- name: lock_channel
select id, organization_id, person_id, client_id, token_digest, topics, expires_at
from signalling.channel
where organization_id = %(organization_id)s and id = %(id)s and expires_at > clock_timestamp()
for update;

-- name: change_topics
-- In one statement, beside the topics that a channel has or in their place; what it had is told, so that it is known whether it changed.
update signalling.channel c
set last_used = clock_timestamp(),
    topics = case when %(keep)s
      then c.topics || array(select w.topic from unnest(%(topics)s::text[]) with ordinality as w (topic, place)
                             where w.topic <> all(c.topics) order by w.place)
      else %(topics)s::text[] end
where c.organization_id = %(organization_id)s and c.id = %(id)s and c.expires_at > clock_timestamp()
returning c.id, c.organization_id, c.person_id, c.client_id, c.token_digest, c.topics, c.expires_at, old.topics as former;

-- name: touch_channels
update signalling.channel
set last_used = clock_timestamp(), expires_at = clock_timestamp() + interval '1 day'
where id = any(%(ids)s::text[]);

-- name: forget_expired
delete from signalling.channel where expires_at < clock_timestamp() - interval '1 hour';
