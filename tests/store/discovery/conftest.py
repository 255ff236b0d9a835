"""A tenant with recorded calls and all that an export needs."""

from pathlib import Path

import pytest
from tests.store.discovery.legal import Legal
from tests.store.recordings.conftest import START, Room, room, vault
from tests.unit.discovery.sample import Authority, make_authority

from shiftline.discovery.exports.destinations.placing import Places
from shiftline.ledger.keys import SigningKeys, create_key_file

__all__ = ["room", "vault"]


@pytest.fixture(scope="session")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def legal(room: Room, tmp_path: Path, openssl: Authority) -> Legal:
    create_key_file(tmp_path / "ledger.json", START)
    keys = SigningKeys(tmp_path / "ledger.json")
    return Legal(room, tmp_path, keys, openssl, Places(folder=tmp_path / "exports"))
