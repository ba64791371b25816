"""Signing in with the province's identity provider, beside names and passwords."""

from __future__ import annotations

import base64
import hmac
import json
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from handlers.login import at, local, login_form, private, sign_in
from handlers.pages import WANTED_MOST, language_of
from handlers.people.provider import (
    Begun,
    Ended,
    Identity,
    Provider,
    ProviderDownError,
    SignOnError,
)
from handlers.problems import page_or_problem, problem, refuse, responses
from handlers.service import Service, service
from storage import arrivals, staff
from storage.arrivals import Arrival
from storage.transaction import Transaction

log = structlog.get_logger()
router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
BACK = "/login/oidc/back"
COOKIE = "motcua-sign-on"
CONTEXT = b"sign-on"
KEPT_S = 600
_FAULTS = page_or_problem(403, 404, 503)


@router.get(
    "/login/oidc", summary="Sign in elsewhere", responses={**responses(422, 429), **_FAULTS}
)
async def go(
    request: Request, asked: Asked, to: Annotated[str, Query(max_length=WANTED_MOST)] = ""
) -> Response:
    """Send the reader to the identity provider, with a sealed note of what was asked there."""
    asked.limit(request)
    provider = _provider(asked)
    try:
        address, held = await provider.begin(asked.clock())
    except SignOnError as error:
        return _refused(request, asked, error, to)
    until = int(asked.clock().timestamp()) + KEPT_S
    answer = RedirectResponse(address, HTTPStatus.SEE_OTHER)
    note = _sealed(asked, Begun(**held, to=local(to), until=until, language=language_of(request)))
    # Lax: a strict one would not come back from another site.
    asked.outside.set_cookie(answer, COOKIE, note, KEPT_S, path=BACK)
    return private(answer)


@router.get(BACK, summary="Come back signed in", responses={**responses(422, 429), **_FAULTS})
async def back(
    request: Request,
    asked: Asked,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    iss: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Take the provider's word, if it is the answer to what this browser asked."""
    asked.limit(request)
    provider, to, language = _provider(asked), "", ""
    try:
        begun = _begun(request, asked, state)
        to, language = begun.to, begun.language
        if not code or iss not in ("", provider.issuer):  # RFC 9207: no mix-up of providers
            raise SignOnError("no code, or of another issuer")
        identity = await provider.finish(asked.clock(), begun, code)
        answer = await _admitted(asked, provider, identity, begun)
    except SignOnError as error:
        answer = _refused(request, asked, error, to, language)
    asked.outside.delete_cookie(answer, COOKIE, BACK)
    return answer


@router.post(
    "/login/oidc/ended",
    summary="The provider's sign-out",
    responses=responses(400, 404, 422, 429, 503),
)
async def ended(
    request: Request, asked: Asked, logout_token: Annotated[str, Form(max_length=8000)]
) -> Response:
    """Back-channel logout: the provider has ended a session, so its logins end here too."""
    asked.limit(request)
    try:
        told = await _provider(asked).ended(asked.clock(), logout_token)
    except ProviderDownError:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "The provider's keys cannot be asked for.")
    except SignOnError as error:
        log.warning("logout token refused", reason=str(error))
        return problem(HTTPStatus.BAD_REQUEST, "This is no logout token for us.")
    await asked.store.write(_ended, told)
    return private(Response(status_code=HTTPStatus.OK))


async def _admitted(
    asked: Service, provider: Provider, identity: Identity, begun: Begun
) -> Response:
    roles = provider.roles and provider.roles(identity.groups)
    arrival = Arrival(identity.subject, identity.name, identity.full_name, roles, at(asked))
    number = await asked.store.write(arrivals.arrive, arrival)
    person = await staff.by_id(asked.store.reader, number) if number else None
    if person is None:
        raise NoAccountError("nobody here, or nothing to do here")
    return await sign_in(asked, person, begun.to, begun.language, identity.vouched)


class NoAccountError(SignOnError):
    """The provider knows the person; here they may do nothing."""


def _ended(tx: Transaction, told: Ended) -> None:
    if told.session:
        staff.end_provider_session(tx, told.session)
    elif told.subject:
        staff.end_logins_of_subject(tx, told.subject)


def _provider(asked: Service) -> Provider:
    if asked.single is None:
        raise refuse(HTTPStatus.NOT_FOUND, "no identity provider is configured")
    return asked.single


def _refused(
    request: Request, asked: Service, error: SignOnError, to: str, language: str = ""
) -> Response:
    log.warning("single sign-on refused", reason=str(error))
    if isinstance(error, ProviderDownError):
        fault, status = "single.down", HTTPStatus.SERVICE_UNAVAILABLE
    else:
        known = isinstance(error, NoAccountError)
        fault, status = "single.account" if known else "single.refused", HTTPStatus.FORBIDDEN
    return login_form(request, asked, to, fault=fault, status=status, language=language)


def _sealed(asked: Service, begun: Begun) -> str:
    sealed = asked.store.cipher.seal(json.dumps(begun), CONTEXT)
    return base64.urlsafe_b64encode(sealed).decode()


def _begun(request: Request, asked: Service, state: str) -> Begun:
    """What this browser asked the provider; the state proves that this is the answer to it."""
    try:
        sealed = base64.urlsafe_b64decode(asked.outside.cookie(request, COOKIE, BACK))
        begun = Begun(*json.loads(asked.store.cipher.open(sealed, CONTEXT)))
    except ValueError:
        raise SignOnError("this browser has asked for no sign-in") from None
    fresh = begun.until > asked.clock().timestamp()
    if not fresh or not hmac.compare_digest(begun.state.encode(), state.encode()):
        raise SignOnError("the answer is not to what this browser asked, or is too late")
    return begun
