"""Notification channels and the live connections that carry them: XMPP and JSON over WebSocket.

Words: a *channel* is what ``POST /notifications/channels`` gives a client: an unguessable id bound to one token. A *stream*
is one XMPP connection's protocol state, a *feed* one JSON connection's; both are pure: frames and the time go in, frames
and effects come out. A *session* is a stream or feed that was admitted; the *registry* finds sessions by topic, person
and organization. A *notification* is one event on one topic, a *notice* tells a session about itself before it is closed.
A *softphone* is an XMPP session as calls see it: it says words (``telephony.py``), and is told proposals, offers and ends.

Invariants: nothing passes SASL without the authority's welcome; the handshake is never refused, because a browser can read
nothing there; every frame that leaves is one well-formed element; a session that is told to go learns why first. What one
person's softphones say is done in its order; news reach a session in the order of the outbox; a softphone hears of a call
forward only, and of what it missed when it comes back.

Start with ``stream.py`` (the states), then ``extensions/`` (what a client may ask), ``session.py``, ``websocket.py``; for
calls with ``extensions/calls/``, then ``calls.py``.
"""
