"""The access rule of routes that another system calls: an API key in the Authorization header."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from handlers.service import Service, service
from storage.api_keys import ApiKey, key_of

_ASK = {"WWW-Authenticate": "Bearer"}
_BEARER = HTTPBearer(auto_error=False, description="a key of `motcua keys add`")


@dataclass(frozen=True, slots=True)
class NeedsKey:
    """Somebody with a key for *scope*; calls are counted against their address first."""

    scope: str

    async def __call__(
        self,
        request: Request,
        asked: Annotated[Service, Depends(service)],
        given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    ) -> ApiKey:
        """The key; 401 where there is none that is good, 403 where it is for something else."""
        asked.limit(request)
        token = given.credentials if given else ""
        key = await key_of(asked.store.reader, token)
        if key is None:
            detail = "A valid API key is needed: Authorization: Bearer motcua_…"
            raise HTTPException(HTTPStatus.UNAUTHORIZED, detail, _ASK)
        if key.scope != self.scope:
            detail = f"This key is for {key.scope!r}, not for {self.scope!r}."
            raise HTTPException(HTTPStatus.FORBIDDEN, detail)
        return key
