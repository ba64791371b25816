"""Single sign-on against a provider that is not ours: npm `oidc-provider`, over HTTP, unchanged.

The server is the shipped one; the browser is an HTTP client that keeps cookies and goes through
the provider's own login, consent and sign-out pages.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from handlers.people.single import COOKIE as NOTE
from handlers.rights import COOKIE
from tests.chromium import CHROMIUM, chromium
from tests.databases import rows
from tests.patience import PATIENCE_S
from tests.peers.npm import PeerError
from tests.peers.oidc.driver import OidcPeer, sign_in, sign_out
from tests.ports import free_port
from tests.server import Server

pytestmark = pytest.mark.oidc

ROLES = "value,role,unit\nmotcua-head-*,unit_head,*\nmotcua-home-affairs,home_affairs,38\n"
LAN = {"preferred_username": "Lan.NV", "name": "Nguyễn Vân Lan"}
HEAD, HOME_AFFAIRS = "motcua-head-15448", "motcua-home-affairs"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The shipped server, not started, that trusts a provider on a port of its own."""
    folder = tmp_path_factory.mktemp("single")
    (folder / "roles.csv").write_text(ROLES)
    settings = {
        "MOTCUA_OIDC_ISSUER": f"http://localhost:{free_port()}",
        "MOTCUA_OIDC_CLIENT_ID": "motcua",
        "MOTCUA_OIDC_CLIENT_SECRET": "a secret that is none, at least 32 bytes",
        "MOTCUA_OIDC_SCOPE": "openid profile groups",
        "MOTCUA_OIDC_ROLES": str(folder / "roles.csv"),
    }
    return Server(folder, settings).furnish()


@pytest.fixture(scope="module")
def peer(server: Server) -> Iterator[OidcPeer]:
    """The provider where our server is registered, and the server running."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("needs node and npm")
    registration = {
        "client_id": "motcua",
        "client_secret": server.settings["MOTCUA_OIDC_CLIENT_SECRET"],
        "redirect_uris": [f"{server.url}/login/oidc/back"],
        "post_logout_redirect_uris": [f"{server.url}/login"],
        "backchannel_logout_uri": f"{server.url}/login/oidc/ended",
        "backchannel_logout_session_required": True,
    }
    port = urlsplit(server.settings["MOTCUA_OIDC_ISSUER"]).port
    try:
        provider = OidcPeer(registration, port).start()
    except PeerError as error:
        pytest.skip(f"no identity provider: {error}")
    server.start()
    yield provider
    server.stop()
    provider.stop()


@pytest.fixture
def browser(server: Server, peer: OidcPeer) -> Iterator[httpx.Client]:
    """A browser that is signed in nowhere, and a provider that works."""
    peer.fault()
    with visitor(server) as client:
        yield client


def visitor(server: Server) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers={"accept": "text/html"}, trust_env=False)


def leave(browser: httpx.Client, to: str = "", language: str = "vi") -> str:
    """Where the button on the login page leads."""
    answer = browser.get("/login/oidc", params={"to": to, "lang": language})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def come(browser: httpx.Client, peer: OidcPeer, *groups: str, who: str = "lan") -> httpx.Response:
    """Sign in as somebody who is in these groups at the provider."""
    peer.people(**{who: {**LAN, "preferred_username": f"{who}.NV", "groups": list(groups)}})
    return browser.get(sign_in(browser, leave(browser), who))


def roles(server: Server, name: str) -> list[str]:
    """Roles of an account."""
    asked = "select name, role, unit_code from account_roles join accounts using (person_id)"
    return sorted(
        f"{role}:{unit}" for whose, role, unit in rows(server.database, asked) if whose == name
    )


def inside(browser: httpx.Client, path: str = "/account") -> bool:
    """Whether the browser is let in."""
    return browser.get(path).status_code == 200


def test_signing_in_makes_an_account_with_the_roles_of_the_table(
    server: Server, peer: OidcPeer, browser: httpx.Client
) -> None:
    """Name and roles come from the provider; the page that was wanted is shown, in its language."""
    peer.people(mai={**LAN, "preferred_username": "Mai", "groups": [HEAD, "printers"]})
    offered = browser.get("/login").text
    address = leave(browser, "/filings", "en")
    asked = parse_qs(urlsplit(address).query)
    answer = browser.get(sign_in(browser, address, "mai"))

    assert "/login/oidc" in offered
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"] != asked["nonce"]
    assert (answer.status_code, answer.headers["location"]) == (303, "/filings?lang=en")
    assert inside(browser, "/work?unit=15448")
    assert not inside(browser, "/work?unit=14923")
    assert roles(server, "mai") == ["unit_head:15448"]
    assert rows(server.database, "select password, full_name from accounts where name = 'mai'") == [
        (None, "Nguyễn Vân Lan")
    ]


def test_who_may_do_nothing_here_can_sign_in_otherwise(
    peer: OidcPeer, browser: httpx.Client
) -> None:
    """In the language that was chosen, and on to the page that was wanted; no code is repeated."""
    peer.people(tu={**LAN, "preferred_username": "tu", "groups": ["printers"]})
    answer = browser.get(sign_in(browser, leave(browser, "/filings", "en"), "tu"))

    assert answer.status_code == 403
    assert '<html lang="en"' in answer.text
    assert 'name="to" value="/filings"' in answer.text
    assert 'href="/login?to=%2Ffilings&amp;lang=vi"' in answer.text
    assert "code=" not in answer.text


def test_roles_follow_the_provider(server: Server, peer: OidcPeer, browser: httpx.Client) -> None:
    """A new, a changed and a removed role; without any, nobody comes in and old logins end."""
    told, tokens = [], []
    for groups in ([HEAD], [HEAD, HOME_AFFAIRS], [HOME_AFFAIRS], []):
        browser.cookies.clear()
        answer = come(browser, peer, *groups)
        told.append((answer.status_code, roles(server, "lan.nv")))
        tokens.append(browser.cookies.get(COOKIE) or "")
    acts = rows(server.database, "select act from audit where actor = 'single sign-on'")
    browser.cookies.set(COOKIE, tokens[-2], domain="127.0.0.1")

    both = ["home_affairs:38", "unit_head:15448"]
    assert told == [(303, both[1:]), (303, both), (303, both[:1]), (403, [])]
    assert not inside(browser)
    assert [act for (act,) in acts][-5:] == ["account added", *["roles changed"] * 4]


def test_signing_out_here_signs_out_there(
    server: Server, peer: OidcPeer, browser: httpx.Client
) -> None:
    """RP-initiated logout: the provider knows our token, ends its session and sends us back."""
    come(browser, peer, HEAD)
    token = browser.cookies[COOKIE]
    csrf = re.search(r'name="csrf" value="(\w+)"', browser.get("/account").text)
    assert csrf
    shown = browser.post("/logout", data={"csrf": csrf[1]})
    link = re.search(r'class="button" href="([^"]+)"', shown.text)
    assert link
    end = sign_out(browser, link[1].replace("&amp;", "&"))

    assert urlsplit(end).path == "/login"
    browser.cookies.set(COOKIE, token, domain="127.0.0.1")
    assert not inside(browser)
    # The provider's session is over: it asks who is there, and does not just send us back.
    assert "/interaction/" in browser.get(leave(browser)).headers["location"]


def test_a_session_that_ends_there_ends_here(
    server: Server, peer: OidcPeer, browser: httpx.Client
) -> None:
    """Back-channel logout: the provider calls us, and the login that it vouched for is over."""
    come(browser, peer, HEAD)
    with visitor(server) as other:
        come(other, peer, HEAD)
        sign_out(browser, f"{peer.issuer}/session/end?client_id=motcua")
        until = time.monotonic() + PATIENCE_S
        while inside(browser) and time.monotonic() < until:
            time.sleep(0.05)

        assert not inside(browser)
        assert inside(other)


def test_keys_may_change(server: Server, peer: OidcPeer, browser: httpx.Client) -> None:
    """A provider that signs with a new key is believed at once."""
    assert come(browser, peer, HEAD).status_code == 303
    peer.rotate()
    with visitor(server) as other:
        assert come(other, peer, HEAD).status_code == 303


HOUR = 3600
SPOILT: dict[str, dict[str, Any]] = {
    "another nonce": {"claims": {"nonce": "chosen by somebody else"}},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "for another client": {"claims": {"aud": "other", "azp": "motcua"}},
    "expired": {"claims": {"exp": int(time.time()) - HOUR, "iat": int(time.time()) - 2 * HOUR}},
    "not yet": {"claims": {"nbf": int(time.time()) + HOUR}},
    "unsigned": {"alg": "none"},
    "signed with the client's secret": {"alg": "HS256"},
    "signed by a stranger": {"foreign": True},
}


@pytest.mark.parametrize("fault", SPOILT)
def test_a_token_that_is_not_good_opens_nothing(
    fault: str, peer: OidcPeer, browser: httpx.Client
) -> None:
    """Each claim and the signature are checked; the page says only that it did not work."""
    peer.fault(**SPOILT[fault])
    answer = come(browser, peer, HEAD)

    assert answer.status_code == 403
    assert "Hãy thử lại từ đầu" in answer.text
    assert COOKIE not in browser.cookies


def test_only_the_answer_to_ones_own_question_counts(
    server: Server, peer: OidcPeer, browser: httpx.Client
) -> None:
    """Wrong state, another browser's answer, a second use and a mixed-up issuer are refused."""
    peer.people(lan={**LAN, "groups": [HEAD]})
    address = sign_in(browser, leave(browser), "lan")
    state = parse_qs(urlsplit(address).query)["state"][0]
    with visitor(server) as other:
        theirs = other.get(address)
        leave(other)
        swapped = other.get(address)
    note = browser.cookies[NOTE]

    def again(changed: str) -> httpx.Response:
        browser.cookies.set(NOTE, note, domain="127.0.0.1", path="/login/oidc/back")
        return browser.get(changed)

    wrong = again(address.replace(state, "x" * len(state)))
    mixed = again(re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fevil.example", address))
    right = again(address)
    twice = again(address)
    refused = [theirs, swapped, wrong, mixed, twice]

    assert [each.status_code for each in refused] == [403] * 5
    assert right.status_code == 303


def test_a_name_that_is_taken_is_not_taken_over(
    server: Server, peer: OidcPeer, browser: httpx.Client
) -> None:
    """Who calls themselves like an account with a password does not become it, unless linked."""
    added = server.command("user", "add", "hoa.nv", "--role", "leader", "--unit", "38")
    refused = come(browser, peer, HEAD, who="hoa")
    linked = server.command("user", "link", "hoa.nv", "hoa")
    with visitor(server) as other:
        admitted = come(other, peer, HEAD, who="hoa")

    assert (added.returncode, refused.status_code) == (0, 403)
    assert (linked.returncode, admitted.status_code) == (0, 303), linked.stderr
    # The one-time password, which nobody used, opens nothing any more.
    assert rows(server.database, "select password from accounts where name = 'hoa.nv'") == [(None,)]


def test_a_closed_account_stays_closed(
    server: Server, peer: OidcPeer, browser: httpx.Client
) -> None:
    """The provider's word opens no account that was closed here."""
    come(browser, peer, HEAD, who="cuc")
    server.command("user", "disable", "cuc.nv")

    assert not inside(browser)
    with visitor(server) as other:
        assert come(other, peer, HEAD, who="cuc").status_code == 403


LOGOUT: dict[str, Any] = {
    "aud": "motcua",
    "jti": "1",
    "sub": "thu",
    "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
}


@pytest.mark.parametrize(
    ("changed", "how", "status"),
    [
        ({}, {}, 200),
        ({"events": {}}, {}, 400),
        ({"nonce": "n"}, {}, 400),
        ({"aud": "other"}, {}, 400),
        ({"iss": "https://evil.example"}, {}, 400),
        ({"exp": 1}, {}, 400),
        ({"sub": None}, {}, 400),
        ({}, {"foreign": True}, 400),
        ({}, {"alg": "none"}, 400),
    ],
)
def test_only_the_provider_signs_people_out(
    changed: dict[str, Any], how: dict[str, Any], status: int, peer: OidcPeer, browser: httpx.Client
) -> None:
    """A logout token is checked like any other; nobody else can end a login."""
    come(browser, peer, HEAD, who="thu")
    now = int(time.time())
    claims = {**LOGOUT, "iss": peer.issuer, "iat": now, "exp": now + 60, **changed}
    answer = browser.post("/login/oidc/ended", data={"logout_token": peer.sign(claims, **how)})

    assert answer.status_code == status
    assert inside(browser) == (status != 200)


def test_a_provider_that_is_down_leaves_passwords(server: Server, peer: OidcPeer) -> None:
    """The page says so, offers name and password, and never shows a traceback."""
    port = free_port()
    lonely = {**server.settings, "MOTCUA_OIDC_ISSUER": f"http://127.0.0.1:{port}"}
    alone = Server(server.folder, lonely).start()
    try:
        with visitor(alone) as browser:
            answer = browser.get("/login/oidc")
    finally:
        alone.stop()

    assert answer.status_code == 503
    assert 'name="password"' in answer.text
    assert "không trả lời" in answer.text


@pytest.mark.parametrize("table", ["value,role\nx,leader\n", "value,role,unit\nx,king,38\n", None])
def test_a_wrong_table_of_roles_is_named_at_the_start(table: str | None, server: Server) -> None:
    """The operator reads which file and line, before anybody signs in with a wrong role."""
    path = server.folder / "wrong.csv"
    if table is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(table)
    wrong = Server(server.folder, {**server.settings, "MOTCUA_OIDC_ROLES": str(path)})
    told = wrong.run("serve", "--port", str(wrong.port))

    assert told.returncode == 1
    assert "MOTCUA_OIDC_ROLES" in told.stderr and "wrong.csv" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (Debian package chromium)")
def test_a_real_browser_goes_there_and_back(server: Server, peer: OidcPeer) -> None:
    """To Chromium the provider is another site: cookies come back, and no policy is in the way."""
    peer.fault()
    peer.people(an={**LAN, "preferred_username": "an", "groups": [HOME_AFFAIRS]})
    with chromium() as browser:
        page = browser.new_page(locale="vi-VN")
        page.goto(f"{server.url}/work")
        page.get_by_role("link", name="Đăng nhập một lần").click()
        page.fill("[name=login]", "an")
        page.fill("[name=password]", "x")
        page.get_by_role("button", name="Sign-in").click()
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(f"{server.url}/work?lang=vi")
        page.get_by_role("button", name="Đăng xuất").first.click()
        page.get_by_role("button", name="Yes, sign me out").click()
        page.wait_for_url(re.compile(re.escape(server.url) + "/login"))
        page.goto(f"{server.url}/work")
        signed_out = page.url

    assert "/login" in signed_out
