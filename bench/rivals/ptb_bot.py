"""The same survey as a python-telegram-bot program: ConversationHandler and PicklePersistence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)
from telegram.request import BaseRequest, RequestData

from bench.survey import DATE, Question, Script
from handlers.rendering import Message

TOKEN = "1:bench"  # no bot has it
ME = {"id": 1, "is_bot": True, "first_name": "motcua", "username": "motcua_bot"}
Context = ContextTypes.DEFAULT_TYPE


class NoNetwork(BaseRequest):
    """Answers every call at once, so that only the program itself is measured."""

    @property
    def read_timeout(self) -> float:
        """Never needed."""
        return 1.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """The least that PTB accepts as Telegram's answer."""
        if url.endswith("getMe"):
            return 200, json.dumps({"ok": True, "result": ME}).encode()
        if url.endswith("answerCallbackQuery"):
            return 200, b'{"ok":true,"result":true}'
        chat = {"id": 1, "type": "private"}
        message = {"message_id": 7, "date": DATE, "chat": chat, "text": "x"}
        return 200, json.dumps({"ok": True, "result": message}).encode()


class SurveyBot:
    """One state a question; answers in `user_data`, finished responses in `bot_data`."""

    def __init__(self, script: Script) -> None:
        self._turns = script.turns

    def handler(self) -> ConversationHandler[Context]:
        """The conversation, persistent."""
        states: dict[object, list[BaseHandler[Update, Context, object]]] = {
            number: [_kind(turn)(self._answer)] for number, turn in enumerate(self._turns[:-1])
        }
        return ConversationHandler(
            [CommandHandler("start", self._start)],
            states,
            fallbacks=[CommandHandler("start", self._start)],
            name="survey",
            persistent=True,
        )

    async def _start(self, update: Update, context: Context) -> int:
        kept = context.user_data
        assert kept is not None and update.message is not None
        kept.clear()
        kept["counter"] = context.args[0] if context.args else ""
        kept["turn"] = 0
        shown = self._turns[0].message
        await update.message.reply_text(shown.text, reply_markup=_keyboard(shown))
        return 0

    async def _answer(self, update: Update, context: Context) -> int:
        kept = context.user_data
        assert kept is not None
        number = int(kept["turn"])
        kept[self._turns[number].message.key] = await _given(update)
        kept["turn"] = number + 1
        shown = self._turns[number + 1].message
        await _show(update, context, shown)
        if number + 1 < len(self._turns) - 1:
            return number + 1
        context.bot_data.setdefault("responses", []).append(dict(kept))
        kept.clear()
        return ConversationHandler.END


def _kind(turn: Question) -> Any:
    if turn.text:
        return lambda answer: MessageHandler(filters.TEXT & ~filters.COMMAND, answer)
    return CallbackQueryHandler


async def _given(update: Update) -> str:
    query = update.callback_query
    if query is None:
        assert update.message is not None and update.message.text is not None
        return update.message.text
    await query.answer()
    return (query.data or "").split("|")[-1]


async def _show(update: Update, context: Context, shown: Message) -> None:
    if update.callback_query is not None:
        await update.callback_query.edit_message_text(shown.text, reply_markup=_keyboard(shown))
        return
    assert update.effective_chat is not None
    await context.bot.send_message(
        update.effective_chat.id, shown.text, reply_markup=_keyboard(shown)
    )


def _keyboard(shown: Message) -> InlineKeyboardMarkup | None:
    rows: Sequence[Sequence[InlineKeyboardButton]] = [
        [InlineKeyboardButton(choice.label, callback_data=choice.payload)]
        for choice in shown.choices
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def application(script: Script, pickle: Path) -> Application[Any, Any, Any, Any, Any, Any]:
    """The program as PTB's guide builds it, but for the network."""
    built = (
        ApplicationBuilder()
        .token(TOKEN)
        .request(NoNetwork())
        .get_updates_request(NoNetwork())
        .persistence(PicklePersistence(pickle))
        .job_queue(None)
        .build()
    )
    built.add_handler(SurveyBot(script).handler())
    return built
