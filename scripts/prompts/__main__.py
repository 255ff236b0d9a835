"""Makes every prompt and their list: ``python scripts/prompts FOLDER``. The words are ours, the voices espeak-ng's."""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from music import compose
from sound import Sound, level, silence, speak, tone, write

VOICE = "en-us+f3"
SPEECH, MUSIC = 24_000, 40_000
"""Bits a second."""
NUMBERS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
MINUTES = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 10: "ten", 15: "fifteen", 20: "twenty", 30: "thirty"}
SENTENCES = {
    "thank-you": "Thank you for calling. Please hold.",
    "caller-number": "You are caller number",
    "in-line": "in line.",
    "more-than-twenty": "There are more than twenty callers in line before you.",
    "expected-wait": "The expected wait is",
    "less-than-one-minute": "less than one minute.",
    "more-than-thirty-minutes": "more than thirty minutes.",
    "connecting": "We are connecting you.",
    "not-connected": "We are sorry. The call could not be connected.",
    "recorded": "This call is recorded.",
    **{f"number-{place}": word for place, word in enumerate(NUMBERS, start=1)},
    **{f"minutes-{n}": f"about {word} minute{'s' if n > 1 else ''}." for n, word in MINUTES.items()},
}
# Who calls in a demo: voice, pitch, and what they say, with time to answer.
CALLERS = {
    "caller-1": ("en-gb+m3", 45, "Hello. I think that I was charged twice this month. Could you please have a look?"),
    "caller-2": ("en-us+f4", 60, "Hi there. My router has been blinking red since this morning. What can I do?"),
    "caller-3": ("en-gb-scotland+m1", 50, "Good morning. I would like to move my appointment to next Tuesday, please."),
}
PAUSE = 2.5


def make() -> Iterator[tuple[str, str, Sound, int]]:
    """Name, what is said, sound and bit rate of each."""
    # Source: ITU-T E.180 supplement 2, United States: 440 and 480 Hz, 2 s on, 4 s off.
    yield "ringback", "", np.concatenate([level(tone(2, 440, 480)), silence(4)]), SPEECH
    yield "beep", "", level(np.concatenate([tone(0.25, 1000), silence(0.15)])), SPEECH
    yield "hold-music", "", level(compose()), MUSIC
    for name, text in SENTENCES.items():
        yield name, text, level(speak(text, VOICE)), SPEECH
    for name, (voice, pitch, text) in CALLERS.items():
        yield name, text, np.concatenate([level(speak(text, voice, pitch=pitch)), silence(PAUSE)]), SPEECH


def main(folder: Path) -> None:
    """Write every file, and ``manifest.json``."""
    listed: list[dict[str, object]] = []
    for name, text, sound, bit_rate in make():
        file = folder / f"{name}.ogg"
        duration = write(sound, file, bit_rate)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        listed.append({"name": name, "text": text, "duration_ms": duration, "sha256": digest})
    (folder / "manifest.json").write_text(json.dumps(listed, indent=1) + "\n")
    size = sum(file.stat().st_size for file in folder.glob("*.ogg"))
    print(f"{len(listed)} prompts, {size / 1000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
