"""Questions read aloud, where the operator has put recordings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import FileResponse

from handlers.problems import refuse, responses
from handlers.service import Service, service

router = APIRouter(tags=["chat"], default_response_class=Response)

Recordings = Mapping[tuple[str, str], Path]
_NAME = re.compile(r"[a-z0-9_]{1,40}")


def recordings(folder: Path | None) -> dict[tuple[str, str], Path]:
    """The files `<language>/<question>.mp3` in *folder*, by language and question."""
    found = sorted(folder.glob("*/*.mp3")) if folder else []
    return {(path.parent.name, path.stem): path for path in found if _NAME.fullmatch(path.stem)}


@router.get(
    "/audio/{language}/{question}.mp3", summary="A question read aloud", responses=responses(404)
)
async def recording(
    language: str, question: str, asked: Annotated[Service, Depends(service)]
) -> Response:
    """The operator's recording; only files found at the start can be asked for."""
    path = asked.audio.get((language, question))
    if path is None:
        raise refuse(404, "no recording of this question")
    return FileResponse(path, media_type="audio/mpeg", headers={"Cache-Control": "max-age=3600"})
