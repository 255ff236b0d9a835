"""The media engine: ICE, DTLS and RTP of the legs of one process; it knows no database and no HTTP."""
