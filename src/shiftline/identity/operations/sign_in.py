"""Signing in at the page: an application's request, a person's password, and the code that joins them."""

from datetime import timedelta

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Row, Transaction
from shiftline.foundation.decision import Decision
from shiftline.foundation.errors import Refused
from shiftline.foundation.ids import new_id, new_secret
from shiftline.identity import rules, store
from shiftline.identity.errors import CredentialsWrong, OrganizationUnclear, SignInRequestWrong, TooManySignIns
from shiftline.identity.events import SignedIn, SignInRefused
from shiftline.identity.model import CODE_LIFETIME, WEB_CLIENT_ID, Credentials, KnownClient, SignInRequest
from shiftline.identity.operations import passwords, standing
from shiftline.identity.operations.grants import find_clients

WINDOW = timedelta(minutes=15)
FAILURES_PER_EMAIL = 5
FAILURES_PER_ADDRESS = 20


async def check_request(context: Context, environment: str, request: SignInRequest) -> KnownClient:
    """The application that asks, if it may. Raises SignInRequestWrong."""
    async with context.reader() as reader:
        known = [
            each
            for each in await find_clients(reader, environment, request.client_id)
            if each.client.grant_type == "CODE"
        ]
    if not known:
        raise SignInRequestWrong("invalid_client", "No application is known here by the client_id that it sent.")
    asking = next((each for each in known if request.redirect_uri in each.client.redirect_uris), None)
    if asking is None:
        raise SignInRequestWrong(
            "invalid_redirect_uri",
            f"{known[0].client.name} asked to be answered at an address that is not registered for it.",
        )
    fault = rules.find_request_fault(request, must_prove=asking.client.id == WEB_CLIENT_ID)
    if fault is not None:
        code, sentence = fault
        answer = {"error": code, "error_description": sentence, "state": request.state}
        raise SignInRequestWrong(code, sentence, rules.with_parameters(request.redirect_uri, answer))
    return asking


async def sign_in(context: Context, environment: str, request: SignInRequest, credentials: Credentials) -> str:
    """Where to send the person on, with a code that works once.

    Raises SignInRequestWrong, TooManySignIns, CredentialsWrong, OrganizationUnclear, Refused.
    """
    asking = await check_request(context, environment, request)
    attempt_id = await _count_attempt(context, credentials.email)
    async with context.reader() as reader:
        wanted = asking.organization_id or credentials.organization_id
        rows = await store.find_credentials(reader, credentials.email.strip(), wanted)
    right = await _rows_with_password(rows, credentials.password)
    if not right:
        raise CredentialsWrong
    if len(right) > 1:
        raise OrganizationUnclear([(row["organization_id"], row["organization_name"]) for row in right])
    row = right[0]
    actor = Actor(row["organization_id"], "person", person_id=row["person_id"], client_id=request.client_id)
    barred = standing.judge(row, context.clock, subject_id=row["person_id"], what="sign in")
    code = new_secret()
    async with context.acting_as(actor).transaction() as tx:
        await store.forget_sign_in_attempts(
            tx, rules.email_key(credentials.email), rules.address_key(context.remote_address), attempt_id
        )
        if barred is None:
            await _keep_code(tx, request, code)
        else:
            _note_refusal(tx, barred)
    if barred is not None:
        raise Refused(barred)
    return rules.with_parameters(request.redirect_uri, {"code": code, "state": request.state})


async def _count_attempt(context: Context, email: str) -> str:
    """Every attempt counts as failed until it succeeds, so that many at once cannot slip through together."""
    attempt_id = new_id()
    limits = (
        (rules.email_key(email), FAILURES_PER_EMAIL),
        (rules.address_key(context.remote_address), FAILURES_PER_ADDRESS),
    )
    async with context.transaction() as tx:
        for key, limit in limits:
            wait = await store.find_sign_in_block(tx, key, limit, WINDOW)
            if wait is not None:
                raise TooManySignIns(limit, wait)
        for key, _ in limits:
            await store.note_sign_in_attempt(tx, key, attempt_id)
    return attempt_id


async def _rows_with_password(rows: list[Row], password: str) -> list[Row]:
    if not rows:
        # As long as for somebody who exists.
        await passwords.is_right_password(password, passwords.NOBODY)
        return []
    return [row for row in rows if await passwords.is_right_password(password, row["hash"])]


async def _keep_code(tx: Transaction, request: SignInRequest, code: str) -> None:
    person_id = tx.context.actor.id
    values = {
        "digest": rules.digest(code),
        "person_id": person_id,
        "client_id": request.client_id,
        "redirect_uri": request.redirect_uri,
        "challenge": request.challenge,
        "lifetime": CODE_LIFETIME,
    }
    await store.insert_code(tx, values)
    tx.record(SignedIn(organization_id=tx.context.organization_id, person_id=person_id, client_id=request.client_id))


def _note_refusal(tx: Transaction, barred: Decision) -> None:
    actor = tx.context.actor
    tx.record(
        SignInRefused(
            organization_id=actor.organization_id,
            person_id=actor.id,
            client_id=actor.client_id or "",
            reasons=tuple(gate.code for gate in barred.blockers),
        )
    )
