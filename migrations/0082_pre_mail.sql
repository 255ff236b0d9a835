-- E-mail: which address leads to which queue, and what is on its way out.

-- One address is one organization's; in lower case.
create table messaging.address (
  address text primary key check (address = lower(address) and address like '%_@_%'),
  organization_id text not null,
  name text not null,
  queue_id text not null,
  changed_at timestamptz not null,
  changed_by text not null
);
create index address_of_organization on messaging.address (organization_id, address);

-- Threads are found by the ids that e-mails have.
create index message_of_mail on messaging.message (organization_id, (mail ->> 'message_id')) where mail is not null;

-- A reply under way. Real time: due_at (when it is tried next; while somebody tries it, when another may). history: each try,
-- as [{at, outcome, text}].
create table messaging.dispatch (
  organization_id text not null,
  message_id text not null,
  conversation_id text not null,
  participant_id text not null,
  sender text not null,
  recipients text[] not null check (cardinality(recipients) > 0),
  state text not null check (state in ('queued', 'sent', 'failed')),
  attempts int not null default 0 check (attempts >= 0),
  due_at timestamptz not null,
  history jsonb not null default '[]' check (jsonb_typeof(history) = 'array'),
  primary key (organization_id, message_id),
  foreign key (organization_id, message_id) references messaging.message (organization_id, id)
);
create index dispatch_due on messaging.dispatch (due_at) where state = 'queued';
