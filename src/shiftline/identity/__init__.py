"""Organizations, their people and settings, and how somebody proves who they are.

A person is active, inactive or deleted, with a version. A token is opaque: only its SHA-256 is stored, it is looked up on
every request, and it outlives a restart. Deactivating a person revokes nothing: their token stays a token, and what it
may no longer do is refused with a decision. argon2 is used at the sign-in page alone.

Tenant settings switch the softphone for the whole organization and hold the one rule (off by default) by which the
schedule may gate the phone.

Start with ``operations.tokens.authenticate``, then ``rules.py``.
"""
