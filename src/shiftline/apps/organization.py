"""`shiftline create-organization`: a tenant with its roles, an administrator and a client for scripts."""

import re
import secrets
from dataclasses import dataclass

import psycopg

from shiftline.apps.connections import make_engines, opened
from shiftline.apps.sample.credentials import Secrets
from shiftline.apps.sample.organization import Newcomer, create_organization, create_people, script_client
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Reader
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.ids import new_id
from shiftline.foundation.settings import Settings
from shiftline.identity.model import PersonDraft
from shiftline.identity.operations.organizations import list_organizations

_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_EMAIL = re.compile(r"[^\s@\0]{1,64}@[^\s@\0]{1,189}")
_LONGEST_NAME = 128


@dataclass(frozen=True, kw_only=True)
class Founding:
    """What is to be: `domain` is the short word in its people's addresses on the wire, `email` the administrator's."""

    name: str
    domain: str
    email: str

    def __post_init__(self) -> None:
        """Raise StartRefusedError for what cannot be."""
        if not self.name.strip() or len(self.name) > _LONGEST_NAME or not self.name.isprintable():
            raise StartRefusedError(f"NAME: {self.name!r} must be 1 to {_LONGEST_NAME} letters.")
        if not _DOMAIN.fullmatch(self.domain):
            raise StartRefusedError(f"--domain: {self.domain!r} must be letters a to z, digits and - between them.")
        if not _EMAIL.fullmatch(self.email):
            raise StartRefusedError(f"--email: {self.email!r} is no e-mail address.")


def domain_of(name: str) -> str:
    """The domain that a name suggests: its letters and digits, joined by -."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:63].strip("-")


async def found_organization(settings: Settings, founding: Founding) -> dict[str, str]:
    """Make it and return what its administrator needs, which is kept nowhere else in readable form.

    Raises StartRefusedError where the domain is taken or the database cannot be used.
    """
    async with opened(make_engines(settings, connections=2)) as engines:
        context = Context(engines.database, engines.clock, Actor(new_id(), "system"))
        try:
            async with context.reader() as reader:
                await _require_free(reader, founding.domain)
            return await _make(context, founding)
        except Unavailable as unavailable:
            raise StartRefusedError(unavailable.message) from None
        except psycopg.errors.UndefinedTable:
            raise StartRefusedError("There is no Shiftline in this database yet: run shiftline migrate.") from None


async def _require_free(reader: Reader, domain: str) -> None:
    for organization in await list_organizations(reader):
        if organization.domain == domain:
            raise StartRefusedError(
                f"The organization {organization.name} has the domain {domain}. Choose another with --domain."
            )


async def _make(context: Context, founding: Founding) -> dict[str, str]:
    own = Secrets(secrets.token_urlsafe(32))
    client = (script_client(own.client_id), own.client_secret)
    roles = await create_organization(context, founding.name, founding.domain, client)
    admin = PersonDraft(id=own.admin_id, name="Administrator", email=founding.email, title="Administrator")
    await create_people(context, [Newcomer(admin, "Administrator")], roles, own)
    return {
        "organizationId": context.organization_id,
        "name": founding.name,
        "domain": founding.domain,
        "userId": own.admin_id,
        "email": founding.email,
        "password": own.derive(f"password:{own.admin_id}", 14),
        "clientId": own.client_id,
        "clientSecret": own.client_secret,
    }
