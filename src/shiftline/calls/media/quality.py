"""How good a call sounds, from loss, jitter and round trip.

Source: ITU-T G.107 (the E-model): R = 93.2 - Id - Ie,eff, and its Annex B for the opinion score. Id of one-way delay by Cole and
Rosenbluth, "Voice over IP performance monitoring" (2001), equation 5. Ie = 0 and Bpl = 25.1, G.113 appendix I's values for G.711 with
concealment, stand for Opus, for which the ITU has published none: the score is one of narrow band, so 4.4 is the best.
"""

R_BEST = 93.2
LOSS_ROBUSTNESS = 25.1
NOTICED_MS = 177.3
"""From this delay on people interrupt each other."""
CODEC_DELAY_MS = 26.5
"""A frame of 20 ms and 6.5 ms of look-ahead (RFC 6716 section 2.1.4)."""


def judge_opinion(loss: float, jitter_ms: float, rtt_ms: float) -> float:
    """The mean opinion score, 1 to 4.41, of a share of lost packets (0 to 1), jitter and round trip."""
    delay = rtt_ms / 2 + 2 * jitter_ms + CODEC_DELAY_MS
    impairment = 0.024 * delay + 0.11 * max(delay - NOTICED_MS, 0.0)
    percent = 100 * min(max(loss, 0.0), 1.0)
    rating = R_BEST - impairment - 95 * percent / (percent + LOSS_ROBUSTNESS)
    rating = min(max(rating, 0.0), 100.0)
    return min(max(1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6, 1.0), 4.5)
