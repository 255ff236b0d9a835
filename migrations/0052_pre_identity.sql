-- Who changed something may have been a program: rooms above tell of it by its name.
create view identity.public_client as
select organization_id, id, name from identity.client;
