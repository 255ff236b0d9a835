"""What people are told of time off, trades and adherence: agents of what others decided about theirs, approvers of what awaits them.

A *notice* is for one person and one version of one subject, so that a repeated event tells nobody twice. Approvers are
those who hold both the notify and the edit permission where the agent works. A ring of trades is a subject, too. Notices follow from events of ``timeoff``,
``trades`` and ``adherence`` (``jobs``), never from their operations.

Start with ``rules.py``: who is told of what.
"""
