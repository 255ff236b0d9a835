"""What every room stands on, and nothing of the field itself.

Pure: ``decision`` (the verdict that explains itself), ``time`` (zones, half-open intervals, wall times), ``ids``,
``errors`` (the five kinds of refusal), ``events`` (what happened, by name and version).
I/O: ``database`` (transactions that write change, audit and outbox together), ``outbox`` (reading what happened),
``bus`` (NATS: wakes, never carries truth), ``objects``, ``jobs``, ``telemetry``, ``settings``, ``clock``, ``web``.

Start with ``context.py``: every operation takes a ``Context``.
"""
