"""How long news takes from the writing of a change to the frame at a live session: counted by each node, kept a day, told as a figure
and beside each event of a timeline.

Words: a *spread* is how many spans there were of which length; an *arrival* is one event at one node: how long after its writing,
and how many live sessions it concerned there. Each signalling program counts in its own memory (`measuring`) and adds what it counted to
PostgreSQL every few seconds, so that one question answers for all nodes, also for one that is gone since. The same counts are in
`/metrics` of each. Who is not told of by a node that ought to have an event by now is judged by `rules`.
"""
