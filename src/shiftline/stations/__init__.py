"""A person's phone: WebRTC stations and who is at which.

A *phone* belongs to one person (``webRtcUser``), stands at a *site* and takes what it shares with others from *phone base
settings*. Each phone makes one *station*; making the phone puts its person at the station when they were at none. A person
may also have a *default station*. The *effective* station is the associated one, else the default one.

A WebRTC station is its owner's alone: nobody else can be put at it, so one that is left associated harms nobody. Stations
and associations keep their past; access reads them, and a missing station is only a warning there.

Associating twice is associating once. No version exists that a client could miss: two at once wait for each other.

Start with ``operations/associations.py``.
"""
