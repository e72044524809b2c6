"""Messages about messages, notes, files, and mails that could not be delivered."""

from petitions import events
from petitions.messages.event import (
    CaseEvent,
    Reader,
    at_desk,
    files,
    message,
    to_citizen,
    to_officials,
    to_party,
    words,
)
from server.core.errors import Text, _
from server.core.messages import Detail


def attached(event: CaseEvent) -> tuple[tuple[Text, str], ...]:
    """The names of the files; the mail links to them instead of attaching them."""
    names = "\n".join(file.name for file in event.files)
    return ((_("Files, to be opened on your case page"), names),) if names else ()


TELL_THEM = _("Please look at the case, and tell the petitioner by phone what happened.")

TALK = (
    message(
        events.MessageSent,
        at_desk("info", "mail", _("Message")),
        to_party(
            "info",
            "mail",
            lambda e: _("Message from you") if e.by_petitioner else _("Message from the city"),
            words,
            files,
        ),
        to_citizen(
            _("A message about your petition"),
            _("The official who handles your petition wrote to you."),
            _("You can reply on your case page."),
            more=attached,
            when=lambda e: not e.by_petitioner,
            text=_("The official in charge of your petition %(reference)s wrote to you:"),
        ),
        to_officials(
            Reader.IN_CHARGE,
            subject=_("The petitioner wrote"),
            happened=_("The petitioner sent a message."),
            following=_("Please read it and reply at the desk."),
            when=lambda e: not e.by_official,
        ),
    ),
    message(events.NoteWritten, at_desk("plain", "pen", _("Internal note"))),
    message(
        events.AttachmentAdded,
        at_desk("plain", "document", lambda e: _("File added: %(name)s", name=e.file.name if e.file else "?")),
        to_party("plain", "document", _("A file was added"), lambda e: [Detail(files=(e.file,))] if e.file else []),
    ),
    message(
        events.MailUndelivered,
        at_desk(
            "danger",
            "mail",
            lambda e: (
                _("The petitioner's number cannot get text messages. Please call.")
                if e.data.get("no_texts")
                else _("A text message could not be delivered to the petitioner. Please tell them by phone.")
                if e.data.get("by_text")
                else _("An email could not be delivered to the petitioner. Please tell them by phone.")
            ),
        ),
        None,
        to_officials(
            Reader.IN_CHARGE,
            subject=_("An email could not be delivered to the petitioner"),
            happened=_(
                "The petitioner's mail server rejected an email about this case; the address seems to be wrong."
            ),
            following=TELL_THEM,
            when=lambda e: e.first and not e.data.get("by_text"),
        ),
        to_officials(
            Reader.IN_CHARGE,
            subject=_("A text message could not be delivered to the petitioner"),
            happened=_("A text message about this case did not reach the petitioner's number."),
            following=TELL_THEM,
            when=lambda e: e.first and bool(e.data.get("by_text")) and not e.data.get("no_texts"),
        ),
        to_officials(
            Reader.IN_CHARGE,
            subject=_("The petitioner's number cannot get text messages"),
            happened=_(
                "The petitioner gave only a number that cannot get text messages, so no notices about this case are "
                "sent to it."
            ),
            following=TELL_THEM,
            when=lambda e: e.first and bool(e.data.get("no_texts")),
        ),
    ),
)
