"""Ends the calls of whoever lost the right to them, whether or not their softphone has a session.

A session is closed by the node that holds it; a call is media between two other places, and goes on when the session's node or the browser's
socket is gone. So what ends it is no session's work: it follows from the event that took the right, from the end of a session (a token that
ran out), and, for softphones that have none, from a look every few seconds. All of these ask the same question of the truth (`truth`).

Start at `operations`.
"""
