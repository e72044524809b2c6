"""How petitioners hear of their case: by email, by text message, or, where neither reaches them, from an official."""

from server.core import config, phones
from server.core.errors import Text, _


def hearing(email: str, phone: str, *, tip: bool) -> Text:
    """The way in words, for the pages on which somebody files."""
    if email:
        return _("We will write to %(email)s: the receipt at once, and whatever happens later.", email=email)
    if phone and phones.for_texts(phone, config.settings().country):
        return _(
            "We will send text messages to %(phone)s: the receipt, the answer, and whatever we need from you, with a "
            "reminder before it is due.",
            phone=phone,
        )
    if tip:
        return _("We cannot notify you. You can follow it here, with the case number and the key.")
    if phone:
        return _("Text messages cannot reach %(phone)s, so we will call you there.", phone=phone)
    return _("We will write to your postal address. You can also follow the case here, with the number and the key.")


def at_desk(email: str, phone: str) -> Text:
    """The same for officials."""
    if email:
        return _("Notified by email")
    if phone and phones.for_texts(phone, config.settings().country):
        return _("Notified by text message")
    return _("Neither email nor text messages reach the petitioner: please call or write.")
