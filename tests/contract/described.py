"""Our own OpenAPI document as schemathesis reads it."""

import json
from typing import Any

import schemathesis
from hypothesis import HealthCheck
from schemathesis import GenerationMode

from contract.descriptions import FRAGMENT, SDP, fragments, offers
from shiftline.apps.openapi import document

DOCUMENT: dict[str, Any] = json.loads(document())

# It would end the very token that is called with; the SDK's tests call it.
ENDS_THE_TOKEN = "deleteTokensMe"

schemathesis.openapi.media_type(SDP, offers)
schemathesis.openapi.media_type(FRAGMENT, fragments)

# Generating is slow on two shared cores; that is no finding.
UNHURRIED = (
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
)


def read(*modes: GenerationMode, coverage: bool) -> Any:
    """The document, for requests of these kinds; the same ones at every run."""
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.config.phases.coverage.enabled = coverage
    schema.config.phases.examples.enabled = False
    schema.config.generation.modes = list(modes)
    schema.config.generation.deterministic = True
    return schema
