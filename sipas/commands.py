"""Wishes about the conversation, typed as words or with a slash."""

from __future__ import annotations

import re
from enum import StrEnum

from sipas.spoken import meant, phrases, typed


class Command(StrEnum):
    """A wish about the conversation itself, given as the whole text.

    YES and NO say that something is so or is not. AGREE and DECLINE answer an offer: "ok" is no
    word on whether somebody asked for money.
    """

    START = "start"
    HELP = "help"
    LANGUAGE = "language"
    LANGUAGE_VI = "language_vi"
    LANGUAGE_EN = "language_en"
    PRIVACY = "privacy"
    DELETE = "delete"
    STOP = "stop"
    SKIP = "skip"
    BACK = "back"
    NOT_APPLICABLE = "not_applicable"
    REFUSE = "refuse"
    STATUS = "status"
    DONE = "done"
    YES = "yes"
    NO = "no"
    AGREE = "agree"
    DECLINE = "decline"
    PERSON = "person"


_BOT_NAME = re.compile(r"^(\s*/\w+)@\w+")  # "/help@motcua_bot" is "/help"
_SPOKEN = phrases(
    (
        (Command.START, "/start|bắt đầu|bắt đầu lại|start|begin"),
        (Command.HELP, "/help|trợ giúp|hướng dẫn|giúp|giúp tôi|giúp với|help|help me|?"),
        (Command.LANGUAGE, "/language|/lang|ngôn ngữ|đổi ngôn ngữ|language|change language"),
        (Command.LANGUAGE_VI, "tiếng việt|đổi sang tiếng việt|vietnamese|in vietnamese|vi|vn"),
        (Command.LANGUAGE_EN, "tiếng anh|đổi sang tiếng anh|english|in english|english please"),
        (Command.LANGUAGE_EN, "en|eng"),
        (Command.PRIVACY, "/privacy|riêng tư|quyền riêng tư|bảo mật|privacy"),
        (Command.DELETE, "/delete|/xoa|xóa|xóa đi|xóa hết|xóa dữ liệu|xóa câu trả lời"),
        (Command.DELETE, "delete|delete my data|delete my answers|erase"),
        (Command.STOP, "/cancel|/stop|dừng|dừng lại|dừng nhé|ngừng|thoát|hủy|hủy bỏ|kết thúc"),
        (Command.STOP, "không trả lời nữa|stop|cancel|quit|exit"),
        (Command.SKIP, "/skip|bỏ qua|bỏ qua đi|bỏ qua nhé|bỏ qua câu này|câu khác"),
        (Command.SKIP, "skip|skip it|skip this|pass"),
        (Command.BACK, "/back|quay lại|trở lại|lùi|lùi lại|câu trước|back|go back|previous"),
        (Command.NOT_APPLICABLE, "không áp dụng|không liên quan|không biết"),
        (Command.NOT_APPLICABLE, "n/a|na|not applicable|don't know|i don't know"),
        (Command.REFUSE, "không muốn trả lời|không muốn nói|không trả lời|từ chối trả lời"),
        (Command.REFUSE, "prefer not to say|rather not say"),
        (Command.STATUS, "/status|trạng thái|tình trạng|status"),
        (Command.DONE, "/done|xong|xong rồi|hết|hết rồi|done|finished"),
        (Command.YES, "có|có ạ|dạ có|có chứ|vâng|vâng ạ|dạ vâng|ừ|yes|yep|yeah|y"),
        (Command.NO, "không|không ạ|dạ không|không có|không có ạ|dạ không có|không có gì"),
        (Command.NO, "no|nope|none|n"),
        (Command.AGREE, "ok|oke|okay|okie|ok ạ|ok nhé|được|được ạ|đc|dc|đồng ý|tôi đồng ý"),
        (Command.AGREE, "dạ|nhất trí|sure|agree|i agree"),
        (Command.AGREE, "gửi câu đã viết|send what i wrote"),
        (Command.DECLINE, "thôi|thôi ạ|thôi khỏi|khỏi|không cần|không cảm ơn|no thanks"),
        (Command.DECLINE, "no thank you"),
        (Command.PERSON, "0|gặp người|gặp cán bộ|gặp nhân viên|nói chuyện với người"),
        (Command.PERSON, "person|human"),
    )
)


def read_command(text: str) -> Command | None:
    """The command that is the whole of *text*, with or without tones or a slash.

    >>> read_command("Bỏ qua"), read_command("bỏ qua câu hỏi của tôi") is None
    (<Command.SKIP: 'skip'>, True)
    """
    return meant(_SPOKEN, typed(_BOT_NAME.sub(r"\1", text)))
