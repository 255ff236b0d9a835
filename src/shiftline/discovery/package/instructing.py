"""What the package says of how to verify it, and the script that does so. Pure."""

from shiftline.discovery import bag, places
from shiftline.discovery.canonical import instant
from shiftline.discovery.model import Export

_BAG = "bagit.py --quiet --validate ."
_SUMS = f"sha256sum --check --quiet {bag.MANIFEST}"
_TAG_SUMS = f"sha256sum --check --quiet {bag.TAG_MANIFEST}"
_TOKENS = tuple(
    f"openssl ts -verify -data {data} -in {token} -CAfile {places.AUTHORITY}"
    for data, token in ((bag.MANIFEST, places.MANIFEST_TOKEN), (bag.TAG_MANIFEST, places.TAG_MANIFEST_TOKEN))
)
_SIGNATURE = (
    f"openssl pkeyutl -verify -pubin -inkey {places.ATTESTATION_KEY} -rawin"
    f" -in {places.ATTESTATION_SIGNED} -sigfile {places.ATTESTATION_SIGNATURE}"
)
_NAMED = f'grep -q "$(sha256sum {bag.TAG_MANIFEST} | cut -c1-64)" {places.ATTESTATION_SIGNED}'
_FINGERPRINT = f"openssl pkey -pubin -in {places.ATTESTATION_KEY} -outform DER | sha256sum"

COMMANDS = (_BAG, _SUMS, _TAG_SUMS, *_TOKENS, _SIGNATURE, _NAMED)
"""The plain commands that verify a package, in its folder."""


def readme(export: Export, *, stamped: bool, attestation_key: str) -> bytes:
    """``README.txt``."""
    tokens = _TIMESTAMPS if stamped else "   This package has no timestamp: no authority was in use when it was made.\n"
    return _README.format(
        matter=export.matter_name,
        organization=export.organization_name,
        export=export.id,
        frozen=instant(export.frozen_at),
        tokens=tokens,
        key=attestation_key,
    ).encode()


def script(*, stamped: bool) -> bytes:
    """``verify.sh``: the plain commands, one after another; ends with the first that fails."""
    lines = [
        "#!/bin/sh",
        "# Verifies this package with public tools. Ends with 0 when all of it holds.",
        "set -eu",
        'cd "$(dirname "$0")"',
        "if command -v bagit.py >/dev/null; then",
        f"  {_BAG}",
        "else",
        '  echo "bagit.py is not installed (pip install bagit): whether files were added is not checked." >&2',
        "fi",
        _SUMS,
        _TAG_SUMS,
        *(_TOKENS if stamped else ()),
        _SIGNATURE,
        f"{_NAMED} || {{ echo 'The attestation is over another {bag.TAG_MANIFEST}.' >&2; exit 1; }}",
        'echo "All of it holds. Compare the fingerprint of the key with what you were told otherwise:"',
        _FINGERPRINT,
    ]
    return "".join(f"{line}\n" for line in lines).encode()


_TIMESTAMPS = f"""   {_TOKENS[0]}
   {_TOKENS[1]}
   If the authority's certificate has expired since, add -attime with a time at which it had not.
"""

_README = f"""Legal export of {{organization}}
Matter: {{matter}}
Export: {{export}}, frozen at {{frozen}}

WHAT IS HERE
{bag.PAYLOAD}conversations/   a folder for each conversation: conversation.json and vcon.json say what it was, the recordings
                     (Ogg/Opus) with all that is known of each, messages as RSMF 2.0, e-mails as EML, attachments
{places.VENDOR}         the same recordings' metadata in the layout of the contact-centre vendor's exports
{bag.PAYLOAD}load/            load files for review tools: Concordance DAT and OPT, EDRM XML
{bag.PAYLOAD}log/             the export log, whole and by agent: each file, size, hash, attempts; what was left out and why
{bag.PAYLOAD}ledger/          what shows that each recording was entered in the organization's ledger when it was made
{places.EXPORT}     what was asked for, and how many there must be
certificate/         the certificate of custody (HTML, PDF) with a template of a declaration
{places.SCHEMAS}            the JSON schemas of all of it
keys/                public keys and certificates. Do not trust them because they are here: see 5.

HOW TO VERIFY IT
You need nothing of ours. sh {places.VERIFY} runs all of this; each command must end without an error.

1. Nothing is missing, added or changed (pip install bagit):
   {_BAG}

2. The same without Python; files that were added do not show here:
   {_SUMS}
   {_TAG_SUMS}

3. It is as it was when it was stamped (RFC 3161). A package that was rewritten with all its manifests fails here:
{{tokens}}
4. It was signed by the organization (DSSE, Ed25519), and what was signed names this tag manifest:
   {_SIGNATURE}
   {_NAMED}
   {places.ATTESTATION} holds the same as a DSSE envelope with an in-toto statement.

5. The key is the organization's. Compare its fingerprint with the one that you got on another way:
   {_FINGERPRINT}
   It was {{key}} when the package was made.

With Shiftline at hand, "shiftline verify ." runs all of this, checks the ledger's proofs, the counts, every schema, the load
files and each recording, and says in one sentence what is wrong and where.
"""
