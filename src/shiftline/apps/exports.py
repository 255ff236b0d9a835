"""Legal exports: where they go and who tells their time, by the settings."""

from importlib.metadata import version

from shiftline.apps.timestamping import ask_authority, shown
from shiftline.discovery.anchors.timestamps import TimestampError, load_roots
from shiftline.discovery.exports.destinations.placing import Places
from shiftline.discovery.exports.operations.tools import Authority, Tools
from shiftline.foundation.settings import SettingInvalidError, Settings
from shiftline.ledger.keys import SigningKeys
from shiftline.recordings.operations.vault import Vault


def places_of(settings: Settings) -> Places:
    """Where packages may go."""
    exports = settings.exports
    return Places(
        folder=exports.folder,
        bucket=exports.bucket,
        endpoint=exports.s3_endpoint,
        region=exports.s3_region,
        key_id=exports.s3_key_id,
        secret=exports.s3_secret,
    )


def export_tools(settings: Settings, vault: Vault, keys: SigningKeys) -> Tools:
    """What the worker's runs need. Raises SettingInvalidError for roots that are none."""
    software = f"Shiftline {version('shiftline')}"
    return Tools(
        vault=vault, keys=keys, places=places_of(settings), software=software, authority=authority_of(settings)
    )


def authority_of(settings: Settings) -> Authority | None:
    """The timestamp authority that is set, or None. Raises SettingInvalidError."""
    url, file = settings.exports.timestamp_authority, settings.exports.timestamp_roots
    if not url or file is None:
        return None
    try:
        roots = tuple(load_roots(file.read_bytes()))
    except (OSError, TimestampError) as error:
        raise SettingInvalidError(f"SHIFTLINE_TIMESTAMP_ROOTS: {file}: {error}") from error
    if not roots:
        raise SettingInvalidError(f"SHIFTLINE_TIMESTAMP_ROOTS: {file} holds no certificate")

    async def ask(request: bytes) -> bytes:
        return await ask_authority(url, request)

    return Authority(shown(url), ask, roots)
