"""What this room refuses."""

from datetime import timedelta

from shiftline.discovery.integrations.model import Credential, Integration
from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem, Unavailable


class IntegrationNotFound(NotFound):
    """No such integration in the organization, or it was deleted."""

    def __init__(self, integration_id: str) -> None:
        super().__init__("integration", integration_id)


class CredentialNotFound(NotFound):
    """No such credential in the organization."""

    def __init__(self, credential_id: str) -> None:
        super().__init__("credential", credential_id)


class TypeNotFound(NotFound):
    """An integration of that type is not made here."""

    def __init__(self, type_id: str) -> None:
        super().__init__("integrationType", type_id)


class ConfigurationInvalid(Invalid):
    """A configuration that cannot be meant; ``field`` as it was sent."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(Problem(field, sentence, "integration.configuration.invalid"))


class NameTaken(Conflict):
    """Another integration or credential has that name."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"There is {what} {name!r} already. Choose another name.", code="integration.name.taken")


class CredentialInUse(Conflict):
    """A credential that integrations need."""

    def __init__(self, credential: Credential, integration: Integration) -> None:
        super().__init__(
            f"The integration {integration.name!r} ({integration.id}) uses the credential {credential.name!r}. Give it another first.",
            code="integration.credential.used",
        )


class ConfigurationChanged(Conflict):
    """The configuration is another than the one that was read."""

    def __init__(self, integration: Integration) -> None:
        version = integration.configuration.version
        super().__init__(
            f"The configuration was changed meanwhile: its version is {version}. Nothing was changed; read it again.",
            current_version=version,
            changed_by=integration.changed_by,
            changed_at=integration.changed_at,
        )


class IntegrationUnusable(Conflict):
    """Nothing can be stored by an integration that is not enabled."""

    def __init__(self, integration: Integration) -> None:
        state = "was deleted" if integration.deleted else "is not enabled"
        super().__init__(
            f"The integration {integration.name!r} ({integration.id}) {state}. Enable it by PATCH with intendedState ENABLED.",
            code="integration.unusable",
        )


class SecretUnreadable(Unavailable):
    """A credential's secret cannot be opened with the keys there are."""

    def __init__(self, credential_id: str) -> None:
        super().__init__(
            f"The secret of credential {credential_id} cannot be opened with the key-encryption keys there are. Store it anew by "
            f"PUT /api/v2/integrations/credentials/{credential_id}.",
            timedelta(minutes=5),
        )


class BucketRefuses(Conflict):
    """A bucket takes nothing until somebody does something. ``reason``: the server's own word."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence, code="integration.bucket.refuses")
        self.reason = reason


class BucketUnreachable(Unavailable):
    """A bucket does not answer, or not as it should, which may go by itself. ``told``: a sentence of what was met."""

    def __init__(self, bucket: str, where: str, told: str) -> None:
        sentence = f"The bucket {bucket!r} (properties.bucket) at {where} (properties.endpoint) cannot be reached right now: {told}"
        super().__init__(sentence, timedelta(seconds=30))
