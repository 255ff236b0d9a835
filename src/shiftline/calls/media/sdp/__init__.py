"""Session descriptions, pure: reading what a peer sends (``reading``) and writing offers and answers (``writing``).

Source: RFC 8866 (SDP), RFC 9429 (JSEP), RFC 8839 (ICE), RFC 8122 (fingerprints), RFC 7587 (Opus), RFC 4733 (digits), RFC 9725 (WHIP).
"""
