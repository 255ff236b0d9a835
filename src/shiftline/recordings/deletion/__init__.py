"""How recordings are destroyed, in two steps, and when they are archived and deleted.

A recording is *marked*: by a person, or because its date of deletion came. Then runs a *grace*, so many days. Meanwhile a second
person *approves*; a date that a policy or a person set counts as the first approval, of whoever set it. When both are there and the
grace is over, it is *destroyed*: first its key, with a *tombstone* that says what it was, who, when and why; then its object. Metadata,
revisions, accesses and the ledger stay.

Invariants: two people, never one; what a matter holds is not destroyed, and a hold ends whatever was marked; a recording is
destroyed once and never comes back. Whoever dies between two steps leaves them to whoever comes next.

Start with ``rules.judge_destruction``, then ``operations/destroying.py``.
"""
