"""The commands that work beside a running server, one module per thing they are about."""

from bot.commands.counters import counters
from bot.commands.doctor import doctor
from bot.commands.scores import scores
from bot.commands.units import units

__all__ = ["counters", "doctor", "scores", "units"]
