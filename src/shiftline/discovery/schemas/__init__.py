"""The JSON schemas (draft 2020-12) of what a package holds, and how documents are held against them."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs

NAMES = ("conversation", "export", "log-entry", "proof", "recording", "rsmf-manifest", "vcon", "vendor-metadata")
_LONGEST = 200


def content(name: str) -> bytes:
    """A schema as it stands in each package."""
    return files("shiftline.discovery.schemas").joinpath(f"{name}.json").read_bytes()


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(content(name)))


def find_problem(name: str, value: Any) -> str | None:
    """What is wrong first with a document, and where in it; None when it is as its schema wants it."""
    validator = _validator(name)
    if validator.is_valid(value):
        return None
    error = next(iter(validator.iter_errors(value)))
    place = "/".join(str(part) for part in error.instance_path)
    return f"at /{place}: {error.message[:_LONGEST]}"
