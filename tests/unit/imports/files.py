"""Exported recordings as they come from elsewhere: media and metadata, whole and broken."""

import io
import json
import math
import struct
import wave
from datetime import UTC, datetime
from typing import Any

START = "2023-10-27T11:00:03.000Z"
FOLDER = "year=2023/month=10/day=27/hour=11/conversation_id=conversation-1"


def wav(seconds: float = 3.0, rate: int = 8000) -> bytes:
    """A tone."""
    output = io.BytesIO()
    with wave.open(output, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        samples = (int(8000 * math.sin(2 * math.pi * 440 * each / rate)) for each in range(int(seconds * rate)))
        file.writeframes(struct.pack(f"<{int(seconds * rate)}h", *samples))
    return output.getvalue()


def mp3(frames: int = 100) -> bytes:
    """Silent frames of MPEG-1 layer III, 128 kbit/s at 44.1 kHz, after an ID3 tag."""
    frame = b"\xff\xfb\x90\x00" + bytes(417 - 4)
    return b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10) + frame * frames


def metadata(**more: Any) -> dict[str, Any]:
    """What is told of a call of three seconds; None takes a field away."""
    told: dict[str, Any] = {
        "mediaType": "Call",
        "organizationId": "org-1",
        "conversationId": "conversation-1",
        "recordingId": "recording-1",
        "initialDirection": "inbound",
        "conversationStartTime": "2023-10-27T11:00:00.000Z",
        "startTime": START,
        "endTime": "2023-10-27T11:00:06.000Z",
        "timeZone": "America/Chicago",
        "mediaFormat": "WAV",
        **more,
    }
    return {name: value for name, value in told.items() if value is not None}


def written(**more: Any) -> bytes:
    return json.dumps(metadata(**more)).encode()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
