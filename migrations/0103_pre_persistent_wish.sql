-- What a phone wants is asked in one read: also whether the tenant wants its connection kept between calls.
create or replace view identity.public_tenant_settings_timeline as
select organization_id, webrtc_enabled, softphone_within_shift, shift_margin_minutes, since, changed_by, valid,
       coalesce(shift_grace_before_minutes, shift_margin_minutes) as shift_grace_before_minutes,
       coalesce(shift_grace_after_minutes, shift_margin_minutes) as shift_grace_after_minutes,
       shift_override_most_minutes, persistent_connection_required
from identity.tenant_settings_timeline;
