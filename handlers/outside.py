"""How a process is seen from outside: under which path, and whether over https.

Within, everything stands at the root of an address. The address outside may have a path, such as
`/danhgia`, where other services share the host: what leaves has it put before, what comes in loses
it, so that no page and no route knows of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

# Text cannot be taken for one: in text a quotation mark is written as an entity.
_LINK = re.compile(r'(?<= )((?:href|src|action|formaction)=")(?=/(?!/))')


@dataclass(frozen=True, slots=True)
class Outside:
    """The address outside, as far as answers depend on it."""

    url: str = ""

    @property
    def base(self) -> str:
        """The path that is put before every other; empty at the root.

        >>> Outside("https://dichvucong.example/danhgia").base, Outside("https://x.example/").base
        ('/danhgia', '')
        """
        return urlsplit(self.url).path.rstrip("/")

    @property
    def https(self) -> bool:
        """Whether browsers come over https."""
        return self.url.startswith("https://")

    def address(self, path: str) -> str:
        """Where a page of ours is for a browser; other addresses stay as they are.

        >>> at = Outside("https://dichvucong.example/danhgia")
        >>> at.address("/login?to=/work"), at.address("https://id.example/"), at.address("//x")
        ('/danhgia/login?to=/work', 'https://id.example/', '//x')
        """
        ours = path.startswith("/") and not path.startswith("//")
        return self.base + path if ours else path

    def page(self, html: str) -> str:
        """A page whose links and forms lead where browsers find them.

        >>> Outside("https://x.example/danhgia").page('<a href="/ranks"> <a href="#a">')
        '<a href="/danhgia/ranks"> <a href="#a">'
        """
        return _LINK.sub(rf"\g<1>{self.base}", html) if self.base else html

    def within(self, path: str) -> str:
        """The path of a request as routes know it, whether or not the proxy has cut it.

        >>> at = Outside("https://x.example/danhgia")
        >>> [at.within(path) for path in ("/danhgia/ranks", "/danhgia", "/ranks", "/danhgiax")]
        ['/ranks', '/', '/ranks', '/danhgiax']
        """
        cut = path.removeprefix(self.base)
        return path if cut == path or cut[:1] not in ("", "/") else cut or "/"

    def set_cookie(
        self,
        response: Response,
        name: str,
        value: str,
        seconds: int,
        samesite: Literal["lax", "strict"] = "lax",
        path: str = "/",
    ) -> None:
        """Let the browser keep a cookie that no script reads and no other service is sent."""
        response.set_cookie(
            self.cookie_name(name, path),
            value,
            max_age=seconds,
            path=self.base + path,
            secure=self.https,
            httponly=True,
            samesite=samesite,
        )

    def cookie(self, request: Request, name: str, path: str = "/") -> str:
        """What the browser kept, or nothing."""
        return request.cookies.get(self.cookie_name(name, path), "")

    def delete_cookie(self, response: Response, name: str, path: str = "/") -> None:
        """Let the browser forget a cookie."""
        response.delete_cookie(
            self.cookie_name(name, path), self.base + path, secure=self.https, httponly=True
        )

    def cookie_name(self, name: str, path: str = "/") -> str:
        """What a cookie is called: by its prefix browsers refuse it from anybody else.

        `__Host-` is for the whole host, so under a path only `__Secure-` is left, which another
        service of the same host could still write.

        >>> at = ("http://x.example", "https://x.example", "https://x.example/danhgia")
        >>> [Outside(url).cookie_name("motcua-login") for url in at]
        ['motcua-login', '__Host-motcua-login', '__Secure-motcua-login']
        """
        if not self.https:
            return name
        return f"__Host-{name}" if self.base + path == "/" else f"__Secure-{name}"


def of_own_page(request: Request) -> bool:
    """Whether the browser says that a page of ours sent this; an old one says nothing.

    `SameSite` is not enough: services of one province are mostly hosts of one site.
    """
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


AT_THE_ROOT = Outside()
