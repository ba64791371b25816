"""The identity provider of these settings, if there is one."""

from __future__ import annotations

from functools import partial

from bot.settings import Settings
from handlers.people import single
from handlers.people.mapping import grants, read_rules
from handlers.people.provider import Provider, Roles


class RolesFileError(Exception):
    """The table of roles cannot be read, or is wrong."""


def provider(settings: Settings) -> Provider | None:
    """What to ask for single sign-on; None where nobody is named.

    Raises:
        RolesFileError: the file of MOTCUA_OIDC_ROLES cannot be used.
    """
    if not settings.oidc_issuer or settings.oidc_client_secret is None:
        return None
    return Provider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        scope=settings.oidc_scope,
        claim=settings.oidc_claim,
        roles=roles(settings),
        back=settings.staff_address + single.BACK,
        bye=settings.staff_address + "/login",
    )


def roles(settings: Settings) -> Roles | None:
    """What groups bring; None where roles are given here and not by the provider."""
    path = settings.oidc_roles
    if path is None:
        return None
    try:
        return partial(grants, read_rules(path.read_text("utf-8-sig"), path.name))
    except (OSError, ValueError) as error:
        raise RolesFileError(f"MOTCUA_OIDC_ROLES: {error}") from error
