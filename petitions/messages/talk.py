"""What is said of what people write beside the case: messages, notes, files, mails that did not arrive."""

from petitions import events
from petitions.messages.event import (
    CaseEvent,
    CaseMessage,
    Reader,
    at_desk,
    to_citizen,
    to_officials,
    to_party,
    words_and_files,
)
from server.core.errors import Text, _
from server.core.messages import Detail, Notice


def attached(event: CaseEvent) -> tuple[tuple[Text, str], ...]:
    """The names of the files that came with it; a mail leads to them and does not carry them."""
    names = "\n".join(file.name for file in event.files)
    return ((_("Files, to be opened on the page of your case"), names),) if names else ()


MESSAGE = CaseMessage(
    events.MessageSent,
    desk=at_desk("info", "mail", _("Message")),
    party=to_party(
        "info",
        "mail",
        lambda e: _("Message from you") if e.by_petitioner else _("Message from the city"),
        words_and_files,
    ),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("A message about your petition"),
                _("The official who handles your petition wrote to you."),
                _("You can answer on the page of your case."),
                e.text,
                attached(e),
            ),
            when=lambda e: not e.by_petitioner,
        ),
        to_officials(
            Reader.IN_CHARGE,
            notice=Notice(
                _("The petitioner wrote"),
                _("The petitioner wrote a message."),
                _("Please read and answer it at the desk."),
            ),
            when=lambda e: not e.by_official,
        ),
    ),
)

NOTE = CaseMessage(events.NoteWritten, desk=at_desk("plain", "pen", _("Internal note")))

ATTACHMENT = CaseMessage(
    events.AttachmentAdded,
    desk=at_desk("plain", "document", lambda e: _("File added: %(name)s", name=e.file.name if e.file else "?")),
    party=to_party("plain", "document", _("A file was added"), lambda e: [Detail(files=(e.file,))] if e.file else []),
)

MAIL_UNDELIVERED = CaseMessage(
    events.MailUndelivered,
    desk=at_desk("danger", "mail", _("A mail could not be delivered to the petitioner. Please tell them by phone.")),
    mails=(
        to_officials(
            Reader.IN_CHARGE,
            notice=Notice(
                _("A mail could not be delivered to the petitioner"),
                _(
                    "The mail server of the petitioner did not take a mail about this case; "
                    "the address seems to be wrong."
                ),
                _("Please look at the case, and tell the petitioner by phone what has happened."),
            ),
            when=lambda e: e.first,
        ),
    ),
)

TALK = (MESSAGE, NOTE, ATTACHMENT, MAIL_UNDELIVERED)
