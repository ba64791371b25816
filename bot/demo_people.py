"""The demo's accounts, one for each role: who tries it out sees what each of them sees."""

from __future__ import annotations

from bot.clock import utc_now
from handlers.messages import text
from handlers.passwords import hash_password, one_time_password
from handlers.rights import Role
from storage import staff
from storage.staff import Grant
from storage.store import Store
from storage.transaction import Transaction

PROVINCE, UNIT = "38", "15448"
NAMES = {
    Role.HOME_AFFAIRS: "sonoivu",
    Role.UNIT_HEAD: "donvi",
    Role.OFFICE: "vanphong",
    Role.INSPECTION: "thanhtra",
    Role.LEADER: "lanhdao",
    Role.CASE_WORKER: "canbo",
    Role.MEDIA_EDITOR: "toasoan",
    Role.DATA_PROTECTION: "dulieu",
    Role.SYSTEM: "quantri",
}


async def welcome(store: Store) -> str:
    """A password for all of them, drawn with every start so that no two demos share one."""
    password = one_time_password()
    await store.write(_open_doors, hash_password(password), utc_now().isoformat())
    return password


def _open_doors(tx: Transaction, stored: str, now: str) -> None:
    for role, name in NAMES.items():
        grant = Grant(role, UNIT if role is Role.UNIT_HEAD else PROVINCE)
        staff.add(tx, name, text("vi", f"role.{role}"), [grant], now)
        if (person := staff.number_of(tx, name)) is not None:
            staff.set_totp(tx, person, None)
            staff.set_password(tx, person, stored, must_change=False)
