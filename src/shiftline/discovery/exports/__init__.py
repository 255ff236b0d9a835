"""Exports: a selection of conversations is frozen, packed, stored and sealed, whatever dies in between.

Words: a *selection* says which conversations are wanted; at the *freeze* everything that the package will hold is fixed, in
one snapshot of the database; an *object* is a file of the package with its place in the chain of custody; a *destination* is
where it goes: a folder, a ZIP, a bucket; a *run* is one worker's go at it.

Invariants: an object's hash is fixed before it is stored; nothing is ever overwritten; of two runs the later one writes, and
the earlier one stops; what is sealed has exactly the objects that were planned, one version each.

Start with ``model.py``, then ``operations/running.py``, which names the steps.
"""
