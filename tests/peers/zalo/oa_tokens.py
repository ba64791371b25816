"""Who may call: access tokens, proofs and rates; and the OAuth host that renews tokens."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from tests.peers.zalo.host import Call
from tests.peers.zalo.oa_state import (
    ACCESS_FOR,
    CODE_FOR,
    REFRESH_FOR,
    Account,
    App,
    Code,
    Grant,
    Json,
    Tokens,
)
from tests.peers.zalo.rules import Oa, Refused, require

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def issue(account: Account, now: datetime) -> Tokens:
    """A new pair; an older access token lives until its own end, unless the grant was dead."""
    if account.grant.killed:
        account.grant = Grant(codes=account.grant.codes)
    account.issued += 1
    name, grant = f"{account.oa_id}-{account.issued}", account.grant
    pair = Tokens(f"access-{name}", f"refresh-{name}")
    grant.access[pair.access] = now + ACCESS_FOR
    grant.refresh[pair.refresh] = now + REFRESH_FOR
    return pair


def consent(account: Account, verifier: str, now: datetime) -> str:
    """The code that the console's link brings back; it revives a dead grant when it is used."""
    code = f"code-{account.oa_id}-{len(account.grant.codes) + 1}"
    account.grant.codes[code] = Code(verifier, now + CODE_FOR)
    return code


def proof_of(app: App, token: str) -> str:
    """`appsecret_proof`: hex HMAC-SHA256 of the access token with the app secret."""
    return hmac.new(app.secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def caller(app: App, call: Call, now: datetime, *, zbs: bool = False) -> Account:
    """The OA whose token the call carries; `zbs` hosts have codes of their own."""
    invalid = Oa.ZBS_TOKEN if zbs else Oa.TOKEN_INVALID
    token = call.headers.get("access_token", "")
    require(token or "authorization" not in call.headers, Oa.NOT_BEARER)
    account = _owner(app, token, invalid)
    expired = Oa.ZBS_TOKEN if zbs else Oa.TOKEN_EXPIRED
    require(not account.grant.killed and now < account.grant.access[token], expired)
    proof = call.headers.get("appsecret_proof", "")
    good = hmac.compare_digest(proof, proof_of(app, token))
    require(good or not app.proof, Oa.ZBS_PROOF if zbs else Oa.PROOF)
    return account


def counted(app: App, account: Account | None, now: datetime) -> None:
    """Count one request against the rates of the app and of the OA."""
    app.requests = _within(app.requests, now, MINUTE)
    require(len(app.requests) < app.requests_a_minute, Oa.APP_RATE)
    per_second = app.unconfirmed.per_second
    burst = len(_within(app.requests, now, SECOND))
    require(per_second is None or burst < per_second, Oa.APP_RATE)
    app.requests.append(now)
    if account is not None and account.requests_a_minute is not None:
        account.requests = _within(account.requests, now, MINUTE)
        require(len(account.requests) < account.requests_a_minute, Oa.OA_RATE)
        account.requests.append(now)


def rate_headers(app: App, now: datetime) -> dict[str, str]:
    """What is left of the app's minute."""
    left = app.requests_a_minute - len(_within(app.requests, now, MINUTE))
    return {"X-RateLimit-Limit": str(app.requests_a_minute), "X-RateLimit-Remain": str(left)}


def oauth(app: App, call: Call, now: datetime) -> Json:
    """`POST /v4/oa/access_token`: a code or a refresh token becomes a new pair."""
    form = _form(call)
    require(call.headers.get("secret_key") == app.secret, Oa.SECRET_KEY)
    require(form.get("app_id") == app.app_id, Oa.OAUTH_FORM)
    require(app.active, Oa.APP_INACTIVE)
    grants: dict[str | None, Callable[[App, dict[str, str], datetime], Account]] = {
        "authorization_code": _by_code,
        "refresh_token": _by_refresh,
    }
    require(form.get("grant_type") in grants, Oa.OAUTH_FORM)
    pair = issue(grants[form.get("grant_type")](app, form, now), now)
    seconds = str(int(ACCESS_FOR.total_seconds()))
    return {"access_token": pair.access, "refresh_token": pair.refresh, "expires_in": seconds}


def _form(call: Call) -> dict[str, str]:
    kind = call.headers.get("content-type", "").partition(";")[0]
    posted = call.method == "POST" and kind == "application/x-www-form-urlencoded"
    require(posted, Oa.OAUTH_FORM)
    return {key: values[0] for key, values in parse_qs(call.body.decode()).items()}


def _by_code(app: App, form: dict[str, str], now: datetime) -> Account:
    require(form.keys() == {"app_id", "grant_type", "code", "code_verifier"}, Oa.OAUTH_FORM)
    for account in app.accounts.values():
        code = account.grant.codes.get(form["code"])
        if code is not None:
            require(now < code.until, Oa.CODE)
            require(form["code_verifier"] == code.verifier, Oa.VERIFIER)
            account.grant.codes[form["code"]] = Code(code.verifier, now)  # once
            return account
    raise Refused(Oa.CODE)


def _by_refresh(app: App, form: dict[str, str], now: datetime) -> Account:
    require(form.keys() == {"app_id", "grant_type", "refresh_token"}, Oa.OAUTH_FORM)
    token = form["refresh_token"]
    for account in app.accounts.values():
        if token in account.grant.refresh:
            _spend(app, account.grant, token, now)
            return account
    raise Refused(Oa.REFRESH_UNKNOWN)


def _spend(app: App, grant: Grant, token: str, now: datetime) -> None:
    if token in grant.used:
        grant.killed = grant.killed or app.unconfirmed.reuse_kills_grant
        raise Refused(Oa.REFRESH_USED)
    require(not grant.killed, Oa.GRANT_KILLED)
    require(now < grant.refresh[token], Oa.REFRESH_EXPIRED)
    grant.used.add(token)


def _owner(app: App, token: str, otherwise: Oa) -> Account:
    for account in app.accounts.values():
        if token in account.grant.access:
            return account
    raise Refused(otherwise)


def _within(moments: list[datetime], now: datetime, span: timedelta) -> list[datetime]:
    return [moment for moment in moments if now - moment < span]
