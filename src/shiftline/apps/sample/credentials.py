"""The sample's secrets: derived, never stored; and fresh access tokens for its people."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.identity.operations.tokens import issue_token_in

TOKEN_LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Secrets:
    """Names to secrets, the same at every start of a folder."""

    folder_secret: str

    def derive(self, name: str, length: int = 24) -> str:
        """The secret for a name: URL-safe text."""
        mac = hmac.new(self.folder_secret.encode(), name.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac).decode().rstrip("=").replace("-", "x").replace("_", "y")[:length]

    @property
    def admin_id(self) -> str:
        """The administrator's."""
        return f"admin-{self.derive('admin', 12)}"

    @property
    def client_id(self) -> str:
        """The client's for scripts."""
        return f"scripts-{self.derive('client', 12)}"

    @property
    def client_secret(self) -> str:
        """The secret of the client for scripts."""
        return self.derive("client-secret", 40)


async def issue_tokens(context: Context, person_ids: list[str], client_id: str) -> dict[str, str]:
    """A fresh access token for each person."""
    async with context.transaction() as tx:
        return {person_id: (await _issue(tx, person_id, client_id)) for person_id in person_ids}


async def _issue(tx: Transaction, person_id: str, client_id: str) -> str:
    issued = await issue_token_in(tx, person_id=person_id, client_id=client_id, lifetime=TOKEN_LIFETIME)
    return issued.text
