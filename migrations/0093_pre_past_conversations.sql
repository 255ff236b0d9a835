-- Conversations that took place elsewhere, known by recordings that were imported. They grow with each leg that comes in.
alter table conversations.conversation add column imported boolean not null default false;
alter table conversations.conversation add constraint imported_is_over check (not imported or ended_at is not null);
