-- name: list_deployments
select * from messaging.deployment where organization_id = %(organization_id)s order by lower(name), id;

-- name: find_deployment
select * from messaging.deployment where organization_id = %(organization_id)s and id = %(id)s;

-- name: find_open_deployment
-- Across organizations: a guest knows the deployment's id only, which is of one organization.
select d.* from messaging.deployment d
join routing.public_queue q on q.organization_id = d.organization_id and q.id = d.queue_id
where d.id = %(id)s and d.enabled;

-- name: insert_deployment
insert into messaging.deployment
  (organization_id, id, name, queue_id, allowed_origins, enabled, version, created_at, created_by, changed_at, changed_by)
values (%(organization_id)s, %(id)s, %(name)s, %(queue_id)s, %(allowed_origins)s, %(enabled)s, 1, %(now)s, %(by)s, %(now)s, %(by)s);

-- name: update_deployment
update messaging.deployment
set name = %(name)s, queue_id = %(queue_id)s, allowed_origins = %(allowed_origins)s, enabled = %(enabled)s,
    version = version + 1, changed_at = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s and version = %(version)s;

-- name: lock_address
-- Conversations that begin from one address at once are counted one after the other.
select pg_advisory_xact_lock(hashtextextended('messaging.address ' || %(address)s::text, 0));

-- name: count_from_address
-- Conversations under way whose guests came from an address, whomever they are for.
select count(*)::int as guests from messaging.guest g
join conversations.public_conversation c on c.organization_id = g.organization_id and c.id = g.conversation_id
where g.remote_address = %(address)s and c.ended_at is null;

-- name: insert_guest
insert into messaging.guest
  (organization_id, id, deployment_id, secret_digest, name, remote_address, made_at, seen_at)
values (%(organization_id)s, %(id)s, %(deployment_id)s, %(secret_digest)s, %(name)s, %(remote_address)s, %(now)s, %(now)s);

-- name: find_guest
-- Across organizations: whoever knows the secret is the guest.
select * from messaging.guest where id = %(id)s and secret_digest = %(secret_digest)s;

-- name: read_guest
select * from messaging.guest where organization_id = %(organization_id)s and id = %(id)s;

-- name: lock_guest
select * from messaging.guest where organization_id = %(organization_id)s and id = %(id)s for update;

-- name: place_guest
update messaging.guest set conversation_id = %(conversation_id)s, participant_id = %(participant_id)s, seen_at = %(now)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: delete_unused_guests
-- Browsers that opened a page and never wrote.
delete from messaging.guest g
where g.conversation_id is null and g.made_at < %(before)s
  and not exists (select from messaging.attachment a where a.organization_id = g.organization_id and a.guest_id = g.id);

-- name: last_of
select position, digest, sent_at from messaging.message
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s
order by position desc limit 1;

-- name: insert_message
insert into messaging.message
  (organization_id, conversation_id, position, id, medium, direction, participant_id, communication_id, purpose, person_id,
   author, queue_id, client_id, sent_at, real_at, zone, utc_offset_seconds, tzdata_version, text, mail, attachments,
   raw_sha256, former_digest, digest)
values (%(organization_id)s, %(conversation_id)s, %(position)s, %(id)s, %(medium)s, %(direction)s, %(participant_id)s,
        %(communication_id)s, %(purpose)s, %(person_id)s, %(author)s, %(queue_id)s, %(client_id)s, %(sent_at)s, %(real_at)s,
        %(zone)s, %(utc_offset_seconds)s, %(tzdata_version)s, %(text)s, %(mail)s, %(attachments)s,
        decode(%(raw_sha256)s::text, 'hex'), %(former_digest)s, %(digest)s);

-- name: find_by_client_id
select * from messaging.message
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s
  and participant_id = %(participant_id)s and client_id = %(client_id)s;

-- name: find_messages
select * from messaging.message
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and id = any(%(ids)s::text[])
order by position;

-- name: list_messages
select * from messaging.message
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and position > %(after)s
order by position limit %(limit)s;

-- name: find_zone
-- Where an agent works: their management unit's zone.
select coalesce(a.time_zone, a.business_unit_time_zone) as zone from units.public_agent a
where a.organization_id = %(organization_id)s and a.person_id = %(person_id)s;

-- name: insert_attachment
insert into messaging.attachment
  (organization_id, id, conversation_id, guest_id, person_id, name, media_type, size, sha256, made_at)
values (%(organization_id)s, %(id)s, %(conversation_id)s, %(guest_id)s, %(person_id)s, %(name)s, %(media_type)s, %(size)s,
        decode(%(sha256)s::text, 'hex'), %(now)s);

-- name: count_unsent
select count(*)::int as files from messaging.attachment
where organization_id = %(organization_id)s and message_id is null
  and (guest_id = %(guest_id)s::text or (conversation_id = %(conversation_id)s::text and person_id = %(person_id)s::text));

-- name: lock_unsent
-- Files of one writer that went with no message yet.
select id, name, media_type, size, encode(sha256, 'hex') as sha256 from messaging.attachment
where organization_id = %(organization_id)s and id = any(%(ids)s::text[]) and message_id is null
  and (guest_id = %(guest_id)s::text or (conversation_id = %(conversation_id)s::text and person_id = %(person_id)s::text))
for update;

-- name: send_attachments
update messaging.attachment set message_id = %(message_id)s, conversation_id = %(conversation_id)s
where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);

-- name: find_attachment
select id, name, media_type, size, encode(sha256, 'hex') as sha256 from messaging.attachment
where organization_id = %(organization_id)s and id = %(id)s and conversation_id = %(conversation_id)s and message_id is not null;

-- name: find_offer_to
-- The offer by which a conversation alerts somebody.
select o.id from routing.public_offer o
where o.organization_id = %(organization_id)s and o.conversation_id = %(conversation_id)s and o.person_id = %(person_id)s
  and o.state = 'alerting';

-- name: unplaced_offers
-- Offers of what is written whose agent is not told yet: those just made, and those whose maker died before.
select o.organization_id, o.id from routing.public_offer o
where o.state = 'alerting' and o.medium in ('message', 'email')
  and not exists (
    select from conversations.public_participant p
    where p.organization_id = o.organization_id and p.conversation_id = o.conversation_id and p.person_id = o.person_id
      and p.state = 'alerting')
order by o.offered_at, o.id limit %(limit)s::int;

-- name: list_addresses
select * from messaging.address where organization_id = %(organization_id)s order by address;

-- name: find_address
-- Across organizations: whoever writes knows the address only.
select a.* from messaging.address a
join routing.public_queue q on q.organization_id = a.organization_id and q.id = a.queue_id
where a.address = %(address)s;

-- name: put_address
insert into messaging.address (address, organization_id, name, queue_id, changed_at, changed_by)
values (%(address)s, %(organization_id)s, %(name)s, %(queue_id)s, %(now)s, %(by)s)
on conflict (address) do update
set name = excluded.name, queue_id = excluded.queue_id, changed_at = excluded.changed_at, changed_by = excluded.changed_by
where messaging.address.organization_id = excluded.organization_id;

-- name: delete_address
delete from messaging.address where organization_id = %(organization_id)s and address = %(address)s;

-- name: lock_mail
-- One e-mail that comes twice at once is looked at one after the other; so are those of one thread.
select pg_advisory_xact_lock(hashtextextended('messaging.mail ' || %(organization_id)s::text || ' ' || %(message_id)s::text, 0));

-- name: find_mails
-- Messages by the ids that their e-mails have, the latest first.
select * from messaging.message
where organization_id = %(organization_id)s and mail is not null and mail ->> 'message_id' = any(%(message_ids)s::text[])
order by sent_at desc, position desc limit 50;

-- name: last_mail
select * from messaging.message
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and direction = 'inbound'
order by position desc limit 1;

-- name: insert_dispatch
insert into messaging.dispatch
  (organization_id, message_id, conversation_id, participant_id, sender, recipients, state, due_at)
values (%(organization_id)s, %(message_id)s, %(conversation_id)s, %(participant_id)s, %(sender)s, %(recipients)s, 'queued',
        %(real_now)s);

-- name: claim_dispatch
-- One reply that is due, for one who tries it: nobody else does until the lease is over.
update messaging.dispatch d set due_at = %(until)s, attempts = d.attempts + 1
where (d.organization_id, d.message_id) = (
  select organization_id, message_id from messaging.dispatch
  where state = 'queued' and due_at <= %(real_now)s
  order by due_at limit 1 for update skip locked)
returning d.*;

-- name: settle_dispatch
update messaging.dispatch
set state = %(state)s, due_at = %(due_at)s, history = history || %(tried)s::jsonb
where organization_id = %(organization_id)s and message_id = %(message_id)s and state = 'queued' and attempts = %(attempts)s;

-- name: find_dispatches
select organization_id, message_id, conversation_id, participant_id, sender, recipients, state, attempts,
       history -> -1 ->> 'text' as said
from messaging.dispatch
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s;

-- name: share_content
-- Who refers to a content keeps whoever would take it away waiting, and the other way round.
select pg_advisory_xact_lock_shared(hashtextextended('messaging.content ' || %(organization_id)s::text || ' ' || %(sha256)s::text, 0));

-- name: own_content
select pg_advisory_xact_lock(hashtextextended('messaging.content ' || %(organization_id)s::text || ' ' || %(sha256)s::text, 0));

-- name: content_of
-- Digests of files and e-mails of a conversation.
select encode(sha256, 'hex') as sha256 from messaging.attachment
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s
union
select encode(raw_sha256, 'hex') from messaging.message
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and raw_sha256 is not null;

-- name: is_referred_to
select exists (
  select from messaging.attachment a
  where a.organization_id = %(organization_id)s and a.sha256 = decode(%(sha256)s::text, 'hex')
  union all
  select from messaging.message m
  where m.organization_id = %(organization_id)s and m.raw_sha256 = decode(%(sha256)s::text, 'hex')) as referred;

-- name: begin_purge
insert into messaging.purge (organization_id, conversation_id, sha256, since)
select %(organization_id)s, %(conversation_id)s, decode(each, 'hex'), %(now)s from unnest(%(digests)s::text[]) each
on conflict do nothing;

-- name: purge_messages
update messaging.message
set destroyed_at = %(now)s, text = '', author = '', attachments = '[]', raw_sha256 = null,
    mail = case when mail is null then null
           else '{"message_id": "", "subject": "", "sender": {"email": "", "name": ""}, "to": []}'::jsonb end
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and destroyed_at is null;

-- name: purge_attachments
delete from messaging.attachment where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s;

-- name: list_purged
select encode(sha256, 'hex') as sha256 from messaging.purge
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s
order by sha256;

-- name: end_purge
delete from messaging.purge
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and sha256 = decode(%(sha256)s::text, 'hex');

-- name: list_unpurged
-- Conversations whose recording was destroyed and in which something is left to read, and those whose contents are still to
-- go, in all organizations: whoever was to purge them died.
select m.organization_id, m.conversation_id from messaging.message m
join recordings.public_recording r on r.organization_id = m.organization_id and r.conversation_id = m.conversation_id
where r.state = 'destroyed' and m.destroyed_at is null
union
select organization_id, conversation_id from messaging.purge where since < %(before)s::timestamptz
limit %(limit)s::int;
