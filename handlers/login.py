"""Signing in and out, and one's own account; respondents never come here."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response

from handlers import passwords
from handlers.outside import of_own_page
from handlers.pages import WANTED_MOST, language_of, on_to, page
from handlers.people.provider import SignOnError
from handlers.problems import page_or_problem, refuse, responses
from handlers.rights import COOKIE, LONGEST_S, Needs, Right, Signed, hashed, home
from handlers.service import Service, neighbourhood, service
from storage import guesses, registry, staff
from storage.staff import Staff, Vouched
from storage.transaction import Transaction

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Own = Annotated[Signed, Depends(Needs(Right.OWN))]
Words = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was typed to sign in, and from where."""

    name: str
    password: str
    code: str
    origin: str


@router.get("/login", summary="Sign in", responses=responses(422))
async def login_page(
    request: Request, asked: Asked, to: Annotated[str, Query(max_length=WANTED_MOST)] = ""
) -> Response:
    """The form for people with an account."""
    return login_form(request, asked, to)


@router.post("/login", summary="Sign in", responses={**responses(422, 429), **page_or_problem(403)})
async def login(
    request: Request,
    asked: Asked,
    name: Words,
    password: Words,
    code: Words = "",
    to: Annotated[str, Form(max_length=WANTED_MOST)] = "",
) -> Response:
    """Check name, password and second factor; a new login each time, so none can be foisted."""
    asked.limit(request)
    if not of_own_page(request):
        raise refuse(HTTPStatus.FORBIDDEN, "This form was sent by another site.")
    attempt = Attempt(name.strip().lower(), password, code, neighbourhood(request))
    with asked.trying(attempt.origin) as others:
        await _allow(asked, attempt, others)
        person = await _let_in(asked, attempt)
    if person is None:
        return login_form(request, asked, to, fault="wrong", name=attempt.name)
    return await sign_in(asked, person, local(to), language_of(request))


@router.post("/logout", summary="Sign out", responses=responses(401, 403))
async def logout(request: Request, asked: Asked, signed: Own) -> Response:
    """End this login, and go on to the identity provider where it vouched for it."""
    id_token = await asked.store.look(staff.id_token, hashed(signed.token))
    await asked.store.write(_signed_out, asked, signed)
    goodbye = await _goodbye(asked, id_token)
    answer: Response = on_to("/login", language_of(request))
    if goodbye:
        # A page, not a redirect: browsers let no form lead to another site (form-action).
        answer = private(page(request, "goodbye.html", language_of(request), goodbye=goodbye))
    asked.outside.delete_cookie(answer, COOKIE)
    return answer


async def sign_in(
    asked: Service, person: Staff, to: str, language: str, vouched: Vouched | None = None
) -> Response:
    """Begin a login and go on to the page that was wanted."""
    token = secrets.token_urlsafe(32)
    await asked.store.write(_signed_in, asked, person, hashed(token), vouched)
    first = home(person, (await asked.state()).directory)
    answer = on_to(to or first, language)
    asked.outside.set_cookie(answer, COOKIE, token, LONGEST_S)
    return answer


def local(address: str) -> str:
    """*address* if it is a page of ours, else nothing: a login must not lead elsewhere.

    >>> local("/work?unit=38"), local("//evil.example"), local("https://evil.example")
    ('/work?unit=38', '', '')
    >>> local("/\\\\evil.example"), local("/%0d%0aSet-Cookie: a=b"), local("//[")
    ('', '', '')
    """
    plain = address.isascii() and address.isprintable() and "\\" not in address
    ours = address.startswith("/") and not address.startswith("//")
    return address if plain and ours and "%0" not in address.lower() else ""


async def _allow(asked: Service, attempt: Attempt, others: int) -> None:
    """Raise 429 when too many passwords from one address were wrong: many names, one guess."""
    now, most = int(asked.clock().timestamp()), asked.refusals_most - others
    if await asked.store.look(guesses.crowded, attempt.origin, now, most):
        raise HTTPException(
            HTTPStatus.TOO_MANY_REQUESTS,
            "Too many wrong passwords from this address; try again in half an hour.",
            {"Retry-After": "1800"},
        )


async def _let_in(asked: Service, attempt: Attempt) -> Staff | None:
    """Who may come in; every refusal takes about as long, whether the name exists or not."""
    now = asked.clock()
    person = await staff.by_name(asked.store.reader, attempt.name)
    tried = await asked.store.write(guesses.attempt, attempt.name, int(now.timestamp()))
    stored = person.password if person else None
    right = await asyncio.to_thread(passwords.is_password, stored, attempt.password)
    let_in = person
    if person is None or person.disabled or not (tried and right):
        let_in = None
    elif person.totp is not None:
        let_in = await _second_factor(asked, person, attempt.code)
    if let_in is None:
        await asked.store.write(_refused, asked, person, attempt.origin)
    return let_in


async def _second_factor(asked: Service, person: Staff, code: str) -> Staff | None:
    secret = await asked.store.look(staff.totp_secret, person)
    step = passwords.totp_step(secret or "", code, asked.clock(), person.totp_step)
    # Two who send the same code at once: only one of them uses it up.
    used = step and await asked.store.write(staff.use_totp_step, person.person_id, step)
    return person if used else None


async def _goodbye(asked: Service, id_token: str | None) -> str | None:
    """Where the identity provider ends its own session; a provider that is down ends nothing."""
    if not id_token or asked.single is None:
        return None
    try:
        return await asked.single.goodbye(asked.clock(), id_token)
    except SignOnError:
        return None


def _signed_in(
    tx: Transaction, asked: Service, person: Staff, key: bytes, vouched: Vouched | None
) -> None:
    staff.begin_login(tx, person.person_id, key, int(asked.clock().timestamp()), vouched)
    guesses.forgive(tx, person.name)
    how = "single sign-on" if vouched else ""
    registry.audit(tx, at(asked), person.name, "signed in", person.name, how)


def _refused(tx: Transaction, asked: Service, person: Staff | None, origin: str) -> None:
    """Written down for names that do not exist too, or the time it takes would tell them apart."""
    guesses.count_refusal(tx, origin, int(asked.clock().timestamp()))
    registry.audit(tx, at(asked), "", "sign-in refused", person.name if person else "")


def _signed_out(tx: Transaction, asked: Service, signed: Signed) -> None:
    staff.end_login(tx, hashed(signed.token))
    registry.audit(tx, at(asked), signed.staff.name, "signed out", signed.staff.name)


def at(asked: Service) -> str:
    """The present time as the audit writes it."""
    return asked.clock().isoformat(timespec="seconds")


def login_form(
    request: Request,
    asked: Service,
    to: str = "",
    *,
    fault: str = "",
    status: int = HTTPStatus.FORBIDDEN,
    name: str = "",
    language: str = "",
) -> Response:
    """The page to sign in at, with what went wrong the last time."""
    shown = page(
        request,
        "login.html",
        language or language_of(request),
        status if fault else HTTPStatus.OK,
        to=local(to),
        fault=fault,
        name=name,
        single_sign_on=asked.single is not None,
    )
    return private(shown)


def private(response: Response) -> Response:
    """Staff pages are kept by no cache and not shown again by going back after signing out."""
    response.headers["Cache-Control"] = "no-store"
    return response
