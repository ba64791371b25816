"""The same survey as most would begin it: FastAPI, SQLAlchemy, a row for each answer, a commit."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Form
from sqlalchemy import ForeignKey, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bench.survey import script


class Base(DeclarativeBase):
    """The tables."""


class Response(Base):
    """One questionnaire."""

    __tablename__ = "responses"
    response_id: Mapped[str] = mapped_column(primary_key=True)
    counter: Mapped[str]
    done: Mapped[bool] = mapped_column(default=False)


class Answer(Base):
    """One answer; another one to the same question replaces it."""

    __tablename__ = "answers"
    response_id: Mapped[str] = mapped_column(ForeignKey(Response.response_id), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


def durable(connection: Any, _: object) -> None:
    """As ours: a write-ahead log, on disk before anything is acknowledged."""
    for pragma in ("journal_mode=wal", "synchronous=full"):
        connection.execute(f"pragma {pragma}")


def application() -> FastAPI:
    """The program on a database of its own."""
    folder = tempfile.TemporaryDirectory(prefix="motcua-bench-")
    engine = create_engine(f"sqlite:///{Path(folder.name)}/form.db", connect_args={"timeout": 30})
    event.listen(engine, "connect", durable)
    Base.metadata.create_all(engine)
    turns, app = script().turns, FastAPI()
    app.state.folder = folder
    following = {turn.message.key: after.message for turn, after in pairwise(turns)}

    @app.post("/c/{counter}")
    def answer(
        counter: str,
        response: Annotated[str, Form()],
        item: Annotated[str, Form()],
        value: Annotated[str, Form()],
    ) -> dict[str, object]:
        with Session(engine) as session:
            kept = session.get(Response, response)
            if kept is None:
                kept = Response(response_id=response, counter=counter)
                session.add(kept)
            session.merge(Answer(response_id=response, item=item, value=value))
            kept.done = not following[item].choices
            session.commit()
        shown = following[item]
        return {"text": shown.text, "choices": [each.label for each in shown.choices]}

    return app
