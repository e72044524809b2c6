"""Objecting to a refusal (이의신청, Act 35): filed, put off, decided, taken back."""

from petitions.act_forms import ExtendObjection
from petitions.actions import objecting
from petitions.acts.page import CaseAct, DeskPage, Page
from petitions.forms import DecideObjection, words
from petitions.queries.cases import CaseView
from petitions.states import Action
from server.core.acts import Act, Offer, Overrides
from server.core.errors import _

DECIDES = _("The city decides on it within ten days and writes to you (Civil Petitions Treatment Act, Article 35).")


def _objected(case: CaseView) -> bool:
    return case.objection_due_at is not None


def _object(page: DeskPage) -> Overrides:
    until = page.day(page.case.objection_until)
    return {
        "text": {"hint": _("In writing, by %(day)s (Act 35①). The decision is due ten days from today.", day=until)}
    }


def _object_oneself(page: Page) -> Overrides:
    until = page.day(page.case.objection_until)
    return {"": {"notes": (DECIDES, _("You can object until %(day)s.", day=until))}} if until else {}


ACTS: tuple[CaseAct, ...] = (
    Act(
        action=Action.DECIDE_OBJECTION,
        form=DecideObjection,
        run=objecting.decide,
        when=_objected,
        desk=Offer(
            summary="Decide an objection: upheld reopens the case",
            label=_("Decide the objection"),
            send=_("Decide and tell the petitioner"),
            kind="primary",
            done=_("The objection is decided; the petitioner is told."),
            fit=lambda page: {"remedies": {"value": page.remedies_of_objection}},
        ),
    ),
    Act(
        action=Action.EXTEND_OBJECTION,
        form=ExtendObjection,
        run=objecting.extend,
        when=lambda case: _objected(case) and not case.objection_extension,
        desk=Offer(
            summary="Put the decision on an objection off, once",
            label=_("Extend the objection"),
            title=_("Put the decision on the objection off"),
            done=_("The decision is put off; the petitioner is told."),
            fit=lambda _page: {"consent": {"asked": False}},
        ),
    ),
    Act(
        action=Action.OBJECT,
        form=words(_("What the petitioner objects to, and why")),
        run=objecting.object_to,
        when=lambda case: case.objection_until is not None,
        desk=Offer(
            summary="Take in an objection to a refusal (Act 35), for the petitioner",
            label=_("Take in an objection"),
            title=_("Take in an objection for the petitioner"),
            send=_("Take it in"),
            kind="quiet",
            done=_("The objection is taken in; the petitioner and the manager are told."),
            fit=_object,
        ),
        citizen=Offer(
            summary="Object to a refusal (Act 35)",
            label=_("Object to the refusal"),
            send=_("Send the objection"),
            done=_("Your objection has arrived. You are told of the decision."),
            address="objection",
            status=201,
            form=words(
                _("What do you want instead, and why?"),
                hint=_("Say why the refusal is wrong. Please no resident registration numbers."),
                rows=6,
            ),
            names={"text": "objection"},
            notes=(DECIDES,),
            fit=_object_oneself,
        ),
    ),
    Act(
        action=Action.WITHDRAW_OBJECTION,
        form=words(
            _("What the petitioner said"),
            hint=_("Only when the petitioner asks for it. The refusal stands then; the petitioner is told."),
            rows=3,
            optional=True,
        ),
        run=objecting.withdraw,
        when=_objected,
        desk=Offer(
            summary="Take an objection back before it is decided, for the petitioner",
            label=_("Take the objection back"),
            title=_("Take the objection back for the petitioner"),
            send_kind="danger",
            kind="quiet",
            done=_("The objection is taken back; the refusal stands."),
        ),
        citizen=Offer(
            summary="Take an objection back before it is decided",
            label=_("Take the objection back"),
            send_kind="danger",
            kind="quiet",
            done=_("Your objection was taken back."),
            address="objection-withdrawal",
            form=words(_("Reason"), _("Why, if you like"), rows=3, optional=True),
            names={"text": "objection_withdrawal"},
            notes=(
                _(
                    "The city decides nothing then, and the refusal stands. Within 60 days of the refusal you can "
                    "object again."
                ),
            ),
        ),
    ),
)
