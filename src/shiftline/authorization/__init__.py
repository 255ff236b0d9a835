"""Roles, the permissions in them, divisions, and who was granted what where.

A permission is ``domain:entity:action`` in the vendor's words (``wfm:schedule:edit``), or ours: ``webRTC:enable``. In a
role an entity or action may be ``*``. A grant gives a subject (a person or an OAuth client) a role in a division, or in
every division (``*``). Roles and grants keep their past.

Start with ``rules.judge``: the only place where a permission is compared.
"""
