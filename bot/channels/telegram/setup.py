"""What the bot says about itself in Telegram, and how its updates arrive; set at every start."""

from __future__ import annotations

from telegram import Bot, BotCommand, MenuButtonCommands

from bot.channels.telegram.poller import KINDS
from handlers.messages import text

COMMANDS = ("start", "help", "language", "privacy", "quyen", "delete", "cancel", "status")
MAX_CONNECTIONS = 40

# Vietnamese is shown to everybody whose language has no text of its own.
LANGUAGES = (("vi", None), ("en", "en"))


async def introduce(bot: Bot) -> None:
    """Set commands, descriptions and the menu button in every language."""
    for language, code in LANGUAGES:
        commands = [BotCommand(name, text(language, f"telegram.{name}")) for name in COMMANDS]
        await bot.set_my_commands(commands, language_code=code)
        await bot.set_my_description(text(language, "telegram.description"), code)
        await bot.set_my_short_description(text(language, "telegram.short"), code)
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())


async def listen(bot: Bot, url: str, secret: str) -> None:
    """Point Telegram at the webhook."""
    await bot.set_webhook(
        url,
        secret_token=secret,
        allowed_updates=list(KINDS),
        max_connections=MAX_CONNECTIONS,
        drop_pending_updates=False,
    )
