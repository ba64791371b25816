"""Settings: `MOTCUA_*` environment variables or `motcua.toml`, validated once, frozen."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from storage.engines import engine_of, is_address


class SettingsFileError(Exception):
    """motcua.toml cannot be read; the message repeats no value."""


class SettingsFile(TomlConfigSettingsSource):
    """motcua.toml."""

    def _read_file(self, file_path: Path | Traversable) -> dict[str, Any]:
        try:
            return super()._read_file(file_path)
        except (ValueError, RecursionError) as wrong:  # of TOML, of UTF-8, of numbers
            raise SettingsFileError(f"{file_path}: expected TOML in UTF-8: {wrong}") from wrong


class Settings(BaseSettings):
    """Everything an operator can set; each field says what it is for."""

    model_config = SettingsConfigDict(
        env_prefix="MOTCUA_", toml_file="motcua.toml", frozen=True, extra="forbid"
    )

    database: str = Field(
        "sqlite:///motcua.db",
        repr=False,  # it may hold a password
        description="where responses live: sqlite:///path or postgresql://user@host/database",
    )
    public_url: str = Field(
        "http://127.0.0.1:8000", description="address that QR codes and links begin with"
    )
    staff_url: str = Field(
        "",
        description="address at which staff sign in, where it is not the public one; "
        "beside processes with --role public, which know nothing of staff",
    )
    secret_key_file: Path = Field(
        Path("motcua.key"), description="key of all seals and hashes; created on first start, 0600"
    )
    erasures: Path | None = Field(
        None, description="ledger of erasures, best on another disk; else beside the database"
    )
    expire_minutes: int = Field(
        24 * 60, ge=5, description="silence after which an open response is closed as it is"
    )
    languages: str = Field(
        "vi,en", description="languages of the conversation; further ones are content packs"
    )
    remind_minutes: int = Field(
        45,
        ge=0,
        le=1440,
        description="silence after which an open question is shown once more; 0 never",
    )
    release_seconds: int = Field(
        60, ge=1, description="how often closed responses are looked through for a release"
    )
    audio_dir: Path | None = Field(
        None,
        description="recordings <language>/<question>.mp3, offered beside questions",
    )
    report_template: Path | None = Field(
        None, description="DOCX template of filings' reports in place of the one that is shipped"
    )
    rate_per_minute: int = Field(
        10_000, ge=1, description="web chat updates a minute from one address before it must wait"
    )
    trusted_proxies: str = Field(
        "127.0.0.1,::1",
        description="addresses or networks of proxies that say truly whose request they pass on",
    )
    silent_days: int = Field(
        10, ge=1, le=250, description="working days without a response that make a counter silent"
    )
    inspection: str = Field(
        "",
        description="code of the unit that inspects: cases of harassment and money go there; "
        "without one they go to the inspection of the highest unit",
    )
    login_refusals: int = Field(
        60, ge=5, description="wrong passwords in 15 minutes from one address before it must wait"
    )
    oidc_issuer: str = Field("", description="address of the identity provider for single sign-on")
    oidc_client_id: str = Field("", description="what motcua is called at the identity provider")
    oidc_client_secret: SecretStr | None = Field(
        None, validate_default=True, description="its secret there"
    )
    oidc_scope: str = Field("openid profile", description="what the identity provider is asked for")
    oidc_claim: str = Field("groups", description="claim of the ID token that names groups")
    oidc_roles: Path | None = Field(
        None, description="CSV value,role,unit: roles by group; without it roles are given here"
    )
    smtp: SecretStr | None = Field(
        None,
        description="mail server for weekly digests, smtp://name:password@host:587 or smtps://",
    )
    mail_from: str = Field("", validate_default=True, description="address that mail comes from")
    hooks_test_host: str = Field(
        "", description="host:port of a webhook that may be http and inside; for tests only"
    )
    centre_inside: str = Field(
        "",
        description="host:port, apart by commas, of provinces in the state's own network: "
        "a centre may pull from these by http and inside",
    )
    telegram_token: SecretStr | None = Field(None, description="token of the Telegram bot")
    telegram_api: str = Field(
        "https://api.telegram.org", description="base address of the Bot API server"
    )
    telegram_mode: Literal["poll", "webhook"] = Field(
        "poll", description="how Telegram updates arrive"
    )
    zalo_bot_token: SecretStr | None = Field(None, description="token of the Zalo bot")
    zalo_bot_api: str = Field(
        "https://bot-api.zaloplatforms.com", description="base address of the Zalo Bot Platform"
    )
    zalo_bot_mode: Literal["poll", "webhook"] = Field(
        "poll", description="how the Zalo bot's events arrive; polling is for trials"
    )
    zalo_oa_id: str = Field("", description="id of the Official Account, where there are several")
    zalo_oa_app_id: str = Field("", description="id of the app that the Official Account permits")
    zalo_oa_secret: SecretStr | None = Field(
        None, description="secret key of the webhook page, which signs events"
    )
    zalo_oa_app_secret: SecretStr | None = Field(
        None, validate_default=True, description="secret key of the app"
    )
    zalo_oa_refresh_token: SecretStr | None = Field(
        None, description="refresh token to begin with; the ones after it are kept by motcua"
    )
    zalo_oa_api: str = Field("https://openapi.zalo.me", description="base address of the OpenAPI")
    zalo_oauth_api: str = Field(
        "https://oauth.zaloapp.com", description="base address of Zalo's token endpoint"
    )
    zalo_business_api: str = Field(
        "https://business.openapi.zalo.me", description="base address for template messages"
    )

    @field_validator("database")
    @classmethod
    def _database(cls, value: str) -> str:
        if is_address(value):
            return value
        # Nothing of it is repeated: what cannot be taken apart may be a password anywhere.
        raise ValueError(
            "MOTCUA_DATABASE: expected sqlite:///path or postgresql://user@host/database, with "
            "signs such as / # % @ in a password written %2F %23 %25 %40. "
            "See docs/operations.md#database"
        )

    @field_validator(
        "public_url",
        "staff_url",
        "telegram_api",
        "zalo_bot_api",
        "zalo_oa_api",
        "zalo_oauth_api",
        "zalo_business_api",
    )
    @classmethod
    def _address(cls, value: str, info: ValidationInfo) -> str:
        apart = info.field_name != "staff_url" or value
        if apart and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("expected an address that begins with http:// or https://")
        return value.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, value: str) -> str:
        for each in filter(None, map(str.strip, value.split(","))):
            try:
                ip_network(each)
            except ValueError:
                raise ValueError(
                    f"MOTCUA_TRUSTED_PROXIES: expected addresses or networks such as 10.0.0.0/8, "
                    f"parted by commas, got {each!r}"
                ) from None
        return value

    @field_validator("smtp")
    @classmethod
    def _mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        """The message names nothing of it: it may hold a password."""
        parts = urlsplit(value.get_secret_value()) if value else None
        if parts and not (parts.scheme in ("smtp", "smtps") and parts.hostname):
            raise ValueError("MOTCUA_SMTP: expected smtp://host:port or smtps://host:port")
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("smtp") and "@" not in value:
            raise ValueError("MOTCUA_SMTP needs MOTCUA_MAIL_FROM, the address that mail comes from")
        return value

    @field_validator("zalo_oa_app_secret")
    @classmethod
    def _together(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """An app without its secrets could neither read nor write."""
        if info.data.get("zalo_oa_app_id") and not (value and info.data.get("zalo_oa_secret")):
            raise ValueError(
                "MOTCUA_ZALO_OA_APP_ID needs MOTCUA_ZALO_OA_SECRET and MOTCUA_ZALO_OA_APP_SECRET"
            )
        return value

    @field_validator("oidc_client_secret")
    @classmethod
    def _client(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """An issuer without a client could not be asked anything."""
        if info.data.get("oidc_issuer") and not (value and info.data.get("oidc_client_id")):
            raise ValueError(
                "MOTCUA_OIDC_ISSUER needs MOTCUA_OIDC_CLIENT_ID and MOTCUA_OIDC_CLIENT_SECRET"
            )
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        """The exact text stands in the provider's tokens, so nothing of it is mended."""
        local = ("127.0.0.1", "localhost", "::1")
        parts = urlsplit(value)
        if value and not (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in local)
        ):
            raise ValueError("expected an address that begins with https://")
        return value

    @property
    def staff_address(self) -> str:
        """Where staff find their pages."""
        return self.staff_url or self.public_url

    @property
    def packs(self) -> tuple[str, ...]:
        """Codes of the content packs that are switched on."""
        codes = (code.strip() for code in self.languages.split(","))
        return tuple(code for code in codes if code not in ("", "vi", "en"))

    @property
    def database_path(self) -> Path:
        """The file; on PostgreSQL what others are named after, beside the secret key."""
        if self.on_sqlite:
            return Path(self.database.removeprefix("sqlite:///"))
        name = urlsplit(self.database).path.strip("/")
        return self.secret_key_file.with_name(f"{name}.db")

    @property
    def database_name(self) -> str:
        """The database as messages name it, without a password."""
        return self.database if self.on_sqlite else engine_of(self.database).name

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is a file."""
        return self.database.startswith("sqlite:///")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line first, then the environment, then motcua.toml."""
        return init_settings, env_settings, SettingsFile(settings_cls)
