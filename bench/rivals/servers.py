"""Servers that a webhook is compared with, each an application for uvicorn."""

from __future__ import annotations

import contextlib
import json
import tempfile
import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from telegram import Update

from bench.rivals import form_backend
from bench.rivals.ptb_bot import application
from bench.survey import script

_OK = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
_END = {"type": "http.response.body", "body": b""}


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """The floor: read the body, answer 200, do nothing."""
    while (await receive()).get("more_body"):
        pass
    await send(_OK)
    await send(_END)


async def bot_api(scope: Any, receive: Any, send: Any) -> None:
    """A Bot API server that agrees with everything."""
    while (await receive()).get("more_body"):
        pass
    method = scope["path"].rsplit("/", 1)[-1]
    me = {"id": 1, "is_bot": True, "first_name": "motcua", "username": "motcua_bot"}
    message = {"message_id": 7, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}
    result: object = me if method == "getMe" else message if "Message" in method else True
    body = json.dumps({"ok": True, "result": result}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def form() -> FastAPI:
    """A form backend of FastAPI and SQLAlchemy."""
    return form_backend.application()


def ptb() -> FastAPI:
    """FastAPI that hands each webhook call to PTB's `process_update`."""
    warnings.simplefilter("ignore")
    folder = tempfile.TemporaryDirectory(prefix="motcua-bench-")
    bot = application(script(), Path(folder.name) / "bot.pickle")

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with bot:
            yield
        folder.cleanup()

    app = FastAPI(lifespan=lifespan)

    @app.post("/channels/telegram")
    async def telegram(request: Request) -> Response:
        await bot.process_update(Update.de_json(await request.json(), bot.bot))
        return Response()

    return app
