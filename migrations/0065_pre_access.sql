-- What is told of routing at any instant, for access: with what has ended, so that it can be said when and by whom.
create view routing.public_queue_timeline as
select organization_id, id, name, division_id, settings, active, since, changed_by, valid from routing.queue_timeline;

create view routing.public_membership_timeline as
select organization_id, queue_id, person_id, joined, ring_number, active, since, changed_by, valid
from routing.queue_member_timeline;

create view routing.public_skill_timeline as
select organization_id, id, kind, name, active, since, changed_by, valid from routing.skill_timeline;

create view routing.public_settings_timeline as
select organization_id, utilization, since, changed_by, valid from routing.settings_timeline;
