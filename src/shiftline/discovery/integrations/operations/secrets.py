"""Secrets at rest: each under a key of its own, which is wrapped by the key-encryption keys of recordings."""

import os

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shiftline.discovery.integrations import rules, store
from shiftline.discovery.integrations.errors import SecretUnreadable
from shiftline.discovery.integrations.model import ACCESS_KEY_ID, SECRET_ACCESS_KEY, AccessKey, SealedSecret
from shiftline.foundation.context import Actor, Context
from shiftline.recordings.errors import KeyUnknown
from shiftline.recordings.keys import Keys

_NONCE_SIZE = 12


def seal(keys: Keys, organization_id: str, credential_id: str, access: AccessKey) -> SealedSecret:
    """An access key as it may be stored: only for this credential of this organization. Raises KeysUnavailable."""
    key, nonce = keys.new_data_key(), os.urandom(_NONCE_SIZE)
    plain = msgspec.json.encode({ACCESS_KEY_ID: access.id, SECRET_ACCESS_KEY: access.secret})
    wrapped = keys.wrap(key, _name(credential_id))
    sealed = nonce + AESGCM(key).encrypt(nonce, plain, _bound_to(organization_id, credential_id))
    return SealedSecret(wrapped.key_id, wrapped.wrapped, sealed)


def unseal(keys: Keys, organization_id: str, credential_id: str, secret: SealedSecret) -> AccessKey:
    """The access key again. Raises KeysUnavailable, SecretUnreadable."""
    nonce, sealed = secret.sealed[:_NONCE_SIZE], secret.sealed[_NONCE_SIZE:]
    try:
        key = keys.unwrap(secret.wrapped_key, secret.key_id, _name(credential_id))
        plain = AESGCM(key).decrypt(nonce, sealed, _bound_to(organization_id, credential_id))
    except (KeyUnknown, InvalidTag) as error:
        raise SecretUnreadable(credential_id) from error
    return rules.read_access_key(msgspec.json.decode(plain, type=dict[str, str]))


async def rewrap_credentials(context: Context, keys: Keys) -> int:
    """Wrap every credential's key by the newest key-encryption key, of every organization; how many. No secret is touched.

    Raises KeysUnavailable, KeyUnknown: nothing of that credential is changed.
    """
    newest = keys.newest
    async with context.reader() as reader:
        others = await store.list_other_keys(reader, newest)
    for organization_id, credential_id, key_id, wrapped in others:
        name = _name(credential_id)
        now = keys.wrap(keys.unwrap(wrapped, key_id, name), name)
        async with context.acting_as(Actor(organization_id, "system")).transaction() as tx:
            await store.set_wrapped_key(tx, credential_id, (key_id, wrapped), (now.key_id, now.wrapped))
    return len(others)


def _name(credential_id: str) -> str:
    """By which the wrapped key is bound: no recording is called so."""
    return f"integration credential {credential_id}"


def _bound_to(organization_id: str, credential_id: str) -> bytes:
    return b"\0".join((b"shiftline integration credential", organization_id.encode(), credential_id.encode()))
