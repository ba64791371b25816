"""An identity provider that this project did not write, and a person with a browser in front of it.

    with OidcPeer(client) as peer:      # MOTCUA_OIDC_ISSUER=peer.issuer
        peer.people(lan={"preferred_username": "lan", "groups": ["motcua-heads"]})
        back = sign_in(browser, address, "lan")     # through its login and consent pages

Needs node and npm.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx

from tests.patience import PATIENCE_S
from tests.peers.npm import PeerError, installed
from tests.ports import free_port

HERE = Path(__file__).resolve().parent
PACKAGE = "oidc-provider"


class OidcPeer:
    """One provider process."""

    def __init__(self, client: dict[str, Any], port: int | None = None) -> None:
        """*client* is our registration there, as OpenID Connect Registration writes it."""
        self.port = port or free_port()
        self.client = client
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def issuer(self) -> str:
        """Its address."""
        return f"http://localhost:{self.port}"

    def start(self, timeout_s: float = PATIENCE_S) -> OidcPeer:
        """Install the package if missing, and start it."""
        home = installed(PACKAGE, HERE / "package.json")
        log = home / f"server-{self.port}.log"
        environment = {
            "PORT": str(self.port),
            "MODULES": str(home / "node_modules"),
            "CLIENT": json.dumps(self.client),
        }
        with log.open("wb") as sink:
            self._process = subprocess.Popen(
                ["node", str(HERE / "server.mjs")],
                env={**os.environ, **environment},
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + timeout_s
        while time.monotonic() < until and self._process.poll() is None:
            if b"up http" in log.read_bytes():
                return self
            time.sleep(0.05)
        self.stop()
        raise PeerError(f"the provider did not come up: {log.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """End the process this object started, and nothing else."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.terminate()
            process.wait(10)

    def __enter__(self) -> OidcPeer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def people(self, **people: dict[str, Any]) -> None:
        """Who has an account there, with their claims."""
        self._tell("/_people", people)

    def fault(self, **how: Any) -> None:
        """Spoil ID tokens from now on; without anything, no longer."""
        self._tell("/_fault", how or None)

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is gone."""
        self._tell("/_rotate", None)

    def sign(self, claims: dict[str, Any], **how: Any) -> str:
        """Any token, signed with the provider's key unless *how* says otherwise."""
        return str(self._tell("/_sign", {"claims": claims, **how}))

    def _tell(self, path: str, told: Any) -> Any:
        answer = httpx.post(f"{self.issuer}{path}", json=told, trust_env=False)
        return answer.raise_for_status().json()


def sign_in(browser: httpx.Client, address: str, login: str) -> str:
    """Go through the provider's own pages as *login*; return where it sends us back to."""
    forms = {"login": {"prompt": "login", "login": login, "password": "x"}}
    for _ in range(12):
        answer = browser.get(address)
        while not answer.is_redirect:
            target, prompt = _form(answer.text)
            answer = browser.post(target, data=forms.get(prompt, {"prompt": prompt}))
        address = str(answer.url.join(answer.headers["location"]))
        if "/login/oidc/back" in address:
            return address
    raise AssertionError(f"the provider leads in circles: {address}")


def sign_out(browser: httpx.Client, address: str) -> str:
    """Confirm on the provider's page that the session there ends; return where it sends us."""
    shown = browser.get(address)
    target, _ = _form(shown.text)
    secret = re.search(r'name="xsrf" value="([^"]+)"', shown.text)
    assert secret, shown.text
    ended = browser.post(target, data={"xsrf": secret[1], "logout": "yes"})
    return str(ended.url.join(ended.headers["location"]))


def _form(page: str) -> tuple[str, str]:
    """Where the form on a page leads, and which prompt it answers."""
    action = re.search(r'action="([^"]+)"', page)
    prompt = re.search(r'name="prompt" value="([^"]+)"', page)
    assert action, page
    return html.unescape(action[1]), prompt[1] if prompt else ""
