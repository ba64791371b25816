"""Signing in and out, and one's own account; respondents never come here."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from handlers import passwords
from handlers.pages import language_of, page
from handlers.problems import page_or_problem, refuse, responses
from handlers.public import qr_svg
from handlers.rights import COOKIE, LONGEST_S, OWN_PAGE, Needs, Right, Signed, hashed
from handlers.service import Service, service
from storage import registry, staff
from storage.staff import Staff
from storage.transaction import Transaction

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Own = Annotated[Signed, Depends(Needs(Right.OWN))]
Words = Annotated[str, Form(max_length=200)]
HOME = "/work"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was typed to sign in."""

    name: str
    password: str
    code: str


@router.get("/login", summary="Sign in", responses=responses(422))
async def login_page(
    request: Request, asked: Asked, to: Annotated[str, Query(max_length=300)] = ""
) -> Response:
    """The form for people with an account."""
    return _login_page(request, asked, to)


@router.post("/login", summary="Sign in", responses={**responses(422, 429), **page_or_problem(403)})
async def login(
    request: Request,
    asked: Asked,
    name: Words,
    password: Words,
    code: Words = "",
    to: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Check name, password and second factor; a new login each time, so none can be foisted."""
    asked.limit(request)
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise refuse(HTTPStatus.FORBIDDEN, "This form was sent by another site.")
    attempt = Attempt(name.strip().lower(), password, code)
    person = await staff.by_name(asked.store.reader, attempt.name)
    step = await _let_in(asked, attempt, person)
    if person is None or step is None:
        return _login_page(request, asked, to, wrong=True, name=attempt.name)
    return await sign_in(asked, person, step, local(to))


@router.post("/logout", summary="Sign out", responses=responses(401, 403))
async def logout(asked: Asked, signed: Own) -> Response:
    """End this login."""
    await asked.store.write(staff.end_login, hashed(signed.token))
    answer = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/account", summary="One's own account", responses=responses(401))
async def account(request: Request, asked: Asked, signed: Own) -> Response:
    """Password, second factor, roles."""
    return _account_page(request, asked, signed)


@router.post(
    "/account",
    summary="Change one's own account",
    responses={**responses(401, 403), **page_or_problem(422)},
)
async def change_account(
    request: Request,
    asked: Asked,
    signed: Own,
    act: Annotated[str, Form(pattern="^(password|totp|totp-off)$")],
    password: Words = "",
    new: Words = "",
    secret: Annotated[str, Form(pattern="^[A-Z2-7]{0,64}$")] = "",
    code: Words = "",
) -> Response:
    """Change the password, or the second factor; both ask for the present password."""
    right = await asyncio.to_thread(passwords.is_password, signed.staff.password, password)
    if not right:
        return _account_page(request, asked, signed, fault="password.wrong")
    if act == "password":
        return await _new_password(request, asked, signed, new)
    if act == "totp":
        return await _new_totp(request, asked, signed, secret, code)
    await asked.store.write(_change_totp, asked, signed.staff, None)
    return RedirectResponse(OWN_PAGE, HTTPStatus.SEE_OTHER)


async def sign_in(asked: Service, person: Staff, totp_step: int, to: str) -> Response:
    """Begin a login and go on to the page that was wanted."""
    token = secrets.token_urlsafe(32)
    now = int(asked.clock().timestamp())
    await asked.store.write(_signed_in, asked, person, hashed(token), now, totp_step)
    answer = RedirectResponse(to or HOME, HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=LONGEST_S,
        secure=asked.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    return answer


def local(address: str) -> str:
    """*address* if it is a page of ours, else nothing: a login must not lead elsewhere.

    >>> local("/work?unit=38"), local("//evil.example"), local("https://evil.example")
    ('/work?unit=38', '', '')
    >>> local("/\\\\evil.example"), local("/%0d%0aSet-Cookie: a=b")
    ('', '')
    """
    parts = urlsplit(address)
    plain = address.isascii() and address.isprintable() and "\\" not in address
    ours = not parts.scheme and not parts.netloc and address.startswith("/")
    fits = plain and ours and not address.startswith("//") and "%0" not in address.lower()
    return address if fits else ""


async def _let_in(asked: Service, attempt: Attempt, person: Staff | None) -> int | None:
    """The second factor's time step (0 without one), or None; every way takes about as long."""
    now = asked.clock()
    stored = person.password if person else None
    right = await asyncio.to_thread(passwords.is_password, stored, attempt.password)
    if person is None or person.disabled or person.locked_until > now.timestamp():
        return None
    step = 0
    if right and person.totp is not None:
        secret = await asked.store.write(staff.totp_secret, person)
        found = passwords.totp_step(secret or "", attempt.code, now, person.totp_step)
        right, step = found is not None, found or 0
    if not right:
        await asked.store.write(staff.failed, person.person_id, int(now.timestamp()))
        return None
    return step


def _signed_in(
    tx: Transaction, asked: Service, person: Staff, key: bytes, now: int, step: int
) -> None:
    staff.begin_login(tx, person.person_id, key, now, max(step, person.totp_step))
    registry.audit(tx, at(asked), person.name, "signed in", person.name)


async def _new_password(request: Request, asked: Service, signed: Signed, new: str) -> Response:
    same = await asyncio.to_thread(passwords.is_password, signed.staff.password, new)
    if fault := "password.same" if same else passwords.fault(new, signed.staff.name):
        return _account_page(request, asked, signed, fault=fault)
    stored = await asyncio.to_thread(passwords.hash_password, new)
    await asked.store.write(_change_password, asked, signed.staff, stored)
    return await sign_in(asked, signed.staff, signed.staff.totp_step, OWN_PAGE)


async def _new_totp(
    request: Request, asked: Service, signed: Signed, secret: str, code: str
) -> Response:
    if not secret or passwords.totp_step(secret, code, asked.clock(), 0) is None:
        return _account_page(request, asked, signed, fault="totp.wrong", secret=secret)
    await asked.store.write(_change_totp, asked, signed.staff, secret)
    return RedirectResponse(OWN_PAGE, HTTPStatus.SEE_OTHER)


def _change_password(tx: Transaction, asked: Service, person: Staff, stored: str) -> None:
    staff.set_password(tx, person.person_id, stored, must_change=False)
    registry.audit(tx, at(asked), person.name, "password changed", person.name)


def _change_totp(tx: Transaction, asked: Service, person: Staff, secret: str | None) -> None:
    staff.set_totp(tx, person.person_id, secret)
    act = "second factor on" if secret else "second factor off"
    registry.audit(tx, at(asked), person.name, act, person.name)


def at(asked: Service) -> str:
    """The present time as the audit writes it."""
    return asked.clock().isoformat(timespec="seconds")


def _login_page(
    request: Request, asked: Service, to: str, *, wrong: bool = False, name: str = ""
) -> Response:
    status = HTTPStatus.FORBIDDEN if wrong else HTTPStatus.OK
    return private(
        page(
            request,
            "login.html",
            language_of(request),
            status,
            to=local(to),
            wrong=wrong,
            name=name,
            single_sign_on=False,
        )
    )


def _account_page(
    request: Request, asked: Service, signed: Signed, fault: str = "", secret: str = ""
) -> Response:
    offered = secret or passwords.new_totp()
    shown = page(
        request,
        "account.html",
        language_of(request),
        HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
        signed=signed,
        fault=fault,
        secret=offered,
        qr=qr_svg(passwords.totp_address(offered, signed.staff.name)),
    )
    return private(shown)


def private(response: Response) -> Response:
    """Staff pages are kept by no cache and not shown again by going back after signing out."""
    response.headers["Cache-Control"] = "no-store"
    return response
