"""One's own account: password, second factor, and where one is signed in."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from handlers import passwords
from handlers.login import Asked, Own, Words, at, private, sign_in
from handlers.pages import language_of, on_to, page
from handlers.problems import page_or_problem, responses
from handlers.public import qr_svg
from handlers.rights import IDLE_S, LONGEST_S, OWN_PAGE, Signed, hashed
from handlers.sentences import name_of
from handlers.service import Service
from handlers.times import moment
from storage import guesses, registry, staff
from storage.staff import Staff
from storage.transaction import Transaction

router = APIRouter(tags=["staff"], default_response_class=Response)


@router.get("/account", summary="One's own account", responses=responses(401))
async def account(request: Request, asked: Asked, signed: Own) -> Response:
    """Password, second factor, roles, and where one is signed in."""
    return await _account_page(request, asked, signed)


@router.post("/account/logins", summary="Sign out elsewhere", responses=responses(401, 403))
async def end_other_logins(request: Request, asked: Asked, signed: Own) -> Response:
    """End every login of the person but this one."""
    await asked.store.write(_alone, asked, signed)
    return on_to(OWN_PAGE, language_of(request))


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
    secret: Annotated[str, Form(pattern="^([A-Z2-7]{32})?$")] = "",
    code: Words = "",
) -> Response:
    """Change the password, or the second factor; both ask for the present password."""
    if not await _is_own(asked, signed.staff, password):
        return await _account_page(request, asked, signed, fault="password.wrong")
    if act == "password":
        return await _new_password(request, asked, signed, new)
    if act == "totp":
        return await _new_totp(request, asked, signed, secret, code)
    await asked.store.write(_change_totp, asked, signed.staff, None)
    return on_to(OWN_PAGE, language_of(request))


async def _is_own(asked: Service, person: Staff, password: str) -> bool:
    """Whether it is the present password; tries count as at the door: a login may lie open."""
    now = int(asked.clock().timestamp())
    tried = await asked.store.write(guesses.attempt, person.name, now)
    right = await asyncio.to_thread(passwords.is_password, person.password, password)
    if tried and right:
        await asked.store.write(guesses.forgive, person.name)
    return tried and right


async def _new_password(request: Request, asked: Service, signed: Signed, new: str) -> Response:
    same = await asyncio.to_thread(passwords.is_password, signed.staff.password, new)
    if fault := "password.same" if same else passwords.fault(new, signed.staff.name):
        return await _account_page(request, asked, signed, fault=fault)
    stored = await asyncio.to_thread(passwords.hash_password, new)
    await asked.store.write(_change_password, asked, signed.staff, stored)
    return await sign_in(asked, signed.staff, OWN_PAGE, language_of(request))


async def _new_totp(
    request: Request, asked: Service, signed: Signed, secret: str, code: str
) -> Response:
    if not secret or passwords.totp_step(secret, code, asked.clock(), 0) is None:
        return await _account_page(request, asked, signed, fault="totp.wrong", secret=secret)
    await asked.store.write(_change_totp, asked, signed.staff, secret)
    return on_to(OWN_PAGE, language_of(request))


def _change_password(tx: Transaction, asked: Service, person: Staff, stored: str) -> None:
    staff.set_password(tx, person.person_id, stored, must_change=False)
    registry.audit(tx, at(asked), person.name, "password changed", person.name)


def _change_totp(tx: Transaction, asked: Service, person: Staff, secret: str | None) -> None:
    staff.set_totp(tx, person.person_id, secret)
    act = "second factor on" if secret else "second factor off"
    registry.audit(tx, at(asked), person.name, act, person.name)


def _alone(tx: Transaction, asked: Service, signed: Signed) -> None:
    staff.end_other_logins(tx, signed.staff.person_id, hashed(signed.token))
    registry.audit(tx, at(asked), signed.staff.name, "other logins ended", signed.staff.name)


async def _account_page(
    request: Request, asked: Service, signed: Signed, fault: str = "", secret: str = ""
) -> Response:
    offered = secret or passwords.new_totp()
    now = int(asked.clock().timestamp())
    logins = staff.logins_of(
        asked.store.reader, signed.staff.person_id, now - LONGEST_S, now - IDLE_S
    )
    language, directory = language_of(request), (await asked.state()).directory
    units = {grant.unit: directory.unit(grant.unit) for grant in signed.staff.grants}
    shown = page(
        request,
        "account.html",
        language,
        HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
        signed=signed,
        fault=fault,
        secret=offered,
        qr=qr_svg(passwords.totp_address(offered, signed.staff.name)),
        logins=await logins,
        units={code: name_of(unit, language) if unit else code for code, unit in units.items()},
        here=hashed(signed.token),
        moment=moment,
    )
    return private(shown)
