"""The media engine: ICE, DTLS and RTP of the legs of one process; it knows no database and no HTTP.

Words: a *leg* is one peer's media session; its *source* is what it hears (`Silence`, `Legs`, `Play`); it is *silenced* when its own sound goes
nowhere. Nothing is decoded on the way of a packet: socket (`ice`) -> keys (`transport`, `dtls`) -> `leg` -> the listeners' `hub.Output` ->
keys -> socket. Beside that way: `recorder` and `ogg` write what the leg gave, `player` gives prompts, `mixer` decodes for those who hear two or
more, `reception`, `rtcp` and `quality` measure. `sdp`, `rtp`, `rtcp`, `hub`, `ogg`, `recorder`, `digits` and `quality` are pure.

Invariants, each with a test in ``tests/media`` or ``tests/unit/calls/media``: a leg is sent one SSRC for its whole life, and each number once;
what cannot be authenticated is counted and never answered; a recording lasts as long as it lasted; one leg's trouble is no other's.

Start with `engine.Engine`.
"""
