"""Every refusal of the two fakes, as data: what is answered, and the line it stands on.

`line` is quoted from docs/reference/channels.md. The reference names the codes 401, 403, 408 and
429 of the Bot Platform; its other codes (400, 404, 409) are ours, and so are the codes of the OAuth
host and of a template's parameters, where only the rule itself is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique


@dataclass(frozen=True)
class Rule:
    """One refusal: Zalo's code and message, the quoted line, the HTTP status it comes with."""

    code: int
    message: str
    line: str
    status: int = 200


@unique
class Bot(Enum):
    """What the Bot Platform refuses."""

    UNKNOWN_METHOD = Rule(404, "Not Found", "JSON to `/bot<TOKEN>/<method>`")
    NOT_JSON = Rule(
        400, "Bad Request: JSON object expected", "`POST` JSON to `/bot<TOKEN>/<method>`"
    )
    DEAD_TOKEN = Rule(401, "Unauthorized", "401/403 = token dead, alarm")
    FORBIDDEN = Rule(403, "Forbidden", "401/403 = token dead, alarm.")
    NO_UPDATE = Rule(408, "Request timeout", "or `ok:false, error_code:408` when there is none")
    TOO_MANY = Rule(429, "Too Many Requests", "Retry 5xx, 429 and timeouts")
    BAD_GATEWAY = Rule(502, "Bad Gateway", "Retry 5xx, 429 and timeouts", 502)
    POLL_TIMEOUT = Rule(400, "Bad Request: timeout must be a string", "seconds **as a string**")
    POLL_PARAMETER = Rule(400, "Bad Request: unknown parameter", "no offset, no limit")
    POLL_WHILE_WEBHOOK = Rule(409, "Conflict: webhook is active", "off while a webhook is set")
    WEBHOOK_URL = Rule(400, "Bad Request: https url expected", "`url` (https)")
    WEBHOOK_SECRET = Rule(400, "Bad Request: secret_token", "`secret_token` 8..256")
    CHAT = Rule(400, "Bad Request: chat not found", "Ids are opaque strings")
    TEXT = Rule(400, "Bad Request: text must be 1..2000 characters", "`text` 1..2000")
    PARSE_MODE = Rule(400, "Bad Request: parse_mode", "`parse_mode` markdown / html")
    PARAMETER = Rule(
        400,
        "Bad Request: unknown parameter in message",
        "No buttons, edits, deletes or reactions are documented",
    )
    PHOTO = Rule(400, "Bad Request: photo must be a public URL", "`photo` (public URL)")
    CAPTION = Rule(400, "Bad Request: caption is too long", "`caption` <= 2000")
    STICKER = Rule(400, "Bad Request: sticker is missing", "`chat_id`, `sticker`")
    ACTION = Rule(400, "Bad Request: action is unknown", "`action: typing`")
    USERS = Rule(429, "Limit of users reached", "limited to **50 users per bot")
    MONTH = Rule(429, "Limit of messages reached", "3,000 messages a month")


_LIMITS = "| -201, -210, -233 | bad parameter, over a limit, message type unknown |"
_DOWN = (
    "| -204, -205, -209, -212, -219 | OA or app disabled, not activated, API not registered |"
    " channel down, alarm |"
)
_TOKEN = "| -216, -220 | token invalid / expired |"
_WINDOW = "| over 7 days | refused (-230 or -232) |"
_GONE = "| -217, -227, -244 | blocked / banned or silent 45 days / restricted this kind |"
_PHONE = "| ZBS -108, -114, -118, -119, -139, -141 | number invalid / cannot or will not receive |"


@unique
class Oa(Enum):
    """What the Official Account's hosts refuse."""

    APP_RATE = Rule(-32, "Your application reached limit call api", "4,000 requests/min per app")
    OA_RATE = Rule(-32, "Your OA reached limit call api", "a further limit per OA by tier")
    ATTACHMENT_EXPIRED = Rule(-100, "Attachment is expired", "| -100, -200 | attachment expired")
    FAILED = Rule(-200, "Send message failed", "/ generic failure | retry a few times")
    BAD_GATEWAY = Rule(502, "Bad Gateway", "Retry 5xx, 429 and timeouts; 401/403", 502)

    BAD_USER = Rule(-201, "user_id is invalid!", _LIMITS)
    NOT_JSON = Rule(
        -201, "Body must be a JSON object", '`{"recipient":{"user_id":"…"},"message":{"text":"…"}}`'
    )
    PARAMETER = Rule(-201, "Parameter is invalid", "| -201, -210, -233 | bad parameter")
    NOT_NFC = Rule(-201, "Text is not normalised", "Normalise text to NFC before counting")
    TEXT = Rule(-210, "Text must be 1..2000 characters", "text <= 2000 characters (confirmed")
    BUTTONS = Rule(-210, "At most 5 buttons", "**at most five buttons**")
    BUTTON_TITLE = Rule(-210, "Button title is too long", "title <= 100")
    BUTTON_PAYLOAD = Rule(-210, "Button payload is too long", "payload <= 1000 characters")
    BUTTON_ASCII = Rule(-201, "Button payload is not ASCII", "(keep it ASCII)")
    BUTTON_TYPE = Rule(-201, "Button type is invalid", "`oa.query.show`, `oa.query.hide`")
    MESSAGE_TYPE = Rule(-233, "Message type is not supported", "message type unknown")
    V2_GONE = Rule(-240, "API v2 is no longer supported", "| -240 | v2 message API is gone |")
    SHUT_DOWN = Rule(-240, "API is no longer supported", "shut down on 2026-03-01")
    NOT_REGISTERED = Rule(-212, "API is not registered", "API not registered | channel down")

    TOKEN_INVALID = Rule(-216, "Access token is invalid", _TOKEN)
    NOT_BEARER = Rule(-216, "Access token is invalid", "`access_token: <token>`** (not Bearer)")
    TOKEN_EXPIRED = Rule(-220, "access_token is expired or removed", _TOKEN)
    PROOF = Rule(-242, "appsecret_proof is invalid", "| -242 | `appsecret_proof` missing or wrong")

    DISABLED = Rule(-204, "OA is disabled", _DOWN)
    DELETED = Rule(-205, "OA does not exist", _DOWN)
    APP_DISABLED = Rule(-209, "App is disabled", _DOWN)
    NOT_ACTIVATED = Rule(-219, "App is not activated", _DOWN)
    NOT_VERIFIED = Rule(-221, "The OA is not verified", "Needs a verified OA (-221)")
    TIER = Rule(-224, "The OA needs to upgrade OA Tier Package", "on a paid tier (-224)")
    WRONG_TYPE = Rule(-235, "OA type is not supported", "tier too low / wrong type")
    NO_PERMISSION = Rule(-223, "Permission is not granted", "| -223 | permission not granted")
    NO_ACCOUNT = Rule(-320, "Zalo Cloud Account is missing", "| -320, -321 | Zalo Cloud Account")
    NO_MONEY = Rule(-321, "Zalo Cloud Account is out of money", "missing / out of money")

    OUT_OF_QUOTA = Rule(-211, "Out of quota", "| -211, -218 | out of quota / recipient's limit |")
    FREE_REPLIES = Rule(-218, "Limit of this recipient reached", "8 per inbound message")
    NOT_FOLLOWING = Rule(-213, "User has not followed the OA", "| -213 | does not follow the OA |")
    BLOCKED = Rule(-217, "User blocked the OA", _GONE)
    BANNED = Rule(-227, "User is banned or inactive for 45 days", _GONE)
    RESTRICTED = Rule(-244, "User restricted this type of message", _GONE)
    OVER_7_DAYS = Rule(-230, "User has not interacted with the OA in the past 7 days", _WINDOW)
    OUTSIDE_WINDOW = Rule(-232, "User is outside the interaction window", _WINDOW)
    NIGHT = Rule(-234, "Not allowed at this time", "not from 22:00 to 06:00 (-234)")
    POLICY = Rule(-248, "Content violates the policy", "| -248 | content policy |")

    APP_INACTIVE = Rule(-14002, "App is not active", "| -14002, -14003 | (authorisation page)")
    OAUTH_FORM = Rule(-201, "Form fields are invalid", "form-encoded (`app_id`, `grant_type`")
    SECRET_KEY = Rule(-201, "secret_key is invalid", "header `secret_key: <app secret>`")
    CODE = Rule(-201, "Authorization code is invalid", "Code: 10 minutes, once.")
    VERIFIER = Rule(-201, "code_verifier is invalid", "one fixed PKCE challenge are saved there")
    REFRESH_UNKNOWN = Rule(-216, "Refresh token is invalid", "| token invalid / expired |")
    REFRESH_USED = Rule(-216, "Refresh token was used", "**A refresh token works once")
    REFRESH_EXPIRED = Rule(-220, "Refresh token is expired", "and lives three months.**")
    GRANT_KILLED = Rule(
        -216, "Grant was revoked", "Two processes refreshing at once kill the grant."
    )

    PHONE_INVALID = Rule(-108, "Phone number is invalid", _PHONE)
    PHONE_INACTIVE = Rule(-114, "Phone number cannot receive", _PHONE)
    PHONE_NO_ACCOUNT = Rule(-118, "Phone number has no account", _PHONE)
    PHONE_CANNOT = Rule(-119, "Account cannot receive", _PHONE)
    PHONE_REFUSES = Rule(-139, "User refuses this kind of message", _PHONE)
    PHONE_REFUSES_OA = Rule(-141, "User refuses messages of this OA", _PHONE)
    ZBS_TOKEN = Rule(-124, "Access token is invalid", "| ZBS -124, -1241 | token / proof |")
    ZBS_PROOF = Rule(-1241, "appsecret_proof is invalid", "| ZBS -124, -1241 | token / proof |")
    ZBS_MONEY = Rule(-115, "Out of money", "| ZBS -115, -137, -144, -147 | money / daily limits |")
    ZBS_PAYMENT = Rule(-137, "Payment failed", "| ZBS -115, -137, -144, -147 | money")
    ZBS_DAILY = Rule(
        -144, "OA exceeded its daily quota", "Daily quota moves with recipients' complaints"
    )
    ZBS_TEMPLATE_DAILY = Rule(-147, "Template exceeded its daily quota", "money / daily limits")
    TEMPLATE = Rule(-131, "Template is not approved", "| ZBS -131, -146 | template not approved")
    TEMPLATE_DISABLED = Rule(-146, "Template is disabled", "disabled for complaints | stop")
    ZBS_NIGHT = Rule(-133, "Not allowed at night", "Not between 22:00 and 06:00 (-133")
    TRACKING = Rule(
        -201, "tracking_id is invalid", "| **required**, <= 48 characters, letters and digits |"
    )
    NO_TRACKING = Rule(-201, "tracking_id is not supported", "| not accepted: keep the returned")
    TEMPLATE_BODY = Rule(-201, "Template is malformed", "Body further: `template_id`")
    DEVELOPMENT = Rule(-201, "Receiver is no administrator", "sends to administrators only")


Table = Bot | Oa


class Refused(Exception):
    """A call that one of the rules forbids."""

    def __init__(self, rule: Table) -> None:
        super().__init__(f"{rule}: {rule.value.message}")
        self.rule = rule


def require(holds: object, rule: Table) -> None:
    """Refuse by *rule* unless *holds*."""
    if not holds:
        raise Refused(rule)
