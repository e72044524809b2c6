"""Actions of objections (이의신청, Act 35): file, extend, decide, withdraw."""

from petitions.act_forms import ExtendObjection
from petitions.actions import objecting
from petitions.acts.page import CaseAct, DeskPage, Page
from petitions.forms import DecideObjection, words
from petitions.queries.cases import CaseView
from petitions.states import Action
from server.core.acts import Act, Offer, Overrides
from server.core.errors import _

DECIDES = _("The city decides it within ten days and writes to you (Civil Petitions Treatment Act, Article 35).")


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
            send=_("Decide and notify the petitioner"),
            kind="primary",
            done=_("The objection has been decided. The petitioner has been notified."),
            fit=lambda page: {"remedies": {"value": page.remedies_of_objection}},
        ),
    ),
    Act(
        action=Action.EXTEND_OBJECTION,
        form=ExtendObjection,
        run=objecting.extend,
        when=lambda case: _objected(case) and not case.objection_extension,
        desk=Offer(
            summary="Extend the time to decide an objection, once",
            label=_("Extend the objection"),
            title=_("Extend the time to decide the objection"),
            done=_("The time to decide has been extended. The petitioner has been notified."),
            fit=lambda _page: {"consent": {"asked": False}},
        ),
    ),
    Act(
        action=Action.OBJECT,
        form=words(_("What the petitioner objects to, and why")),
        run=objecting.object_to,
        when=lambda case: case.objection_until is not None,
        desk=Offer(
            summary="Record an objection to a refusal (Act 35) on the petitioner's behalf",
            label=_("Record an objection"),
            title=_("Record an objection on the petitioner's behalf"),
            send=_("Record the objection"),
            kind="quiet",
            done=_("The objection has been recorded. The petitioner and the manager have been notified."),
            fit=_object,
        ),
        citizen=Offer(
            summary="Object to a refusal (Act 35)",
            label=_("Object to the refusal"),
            send=_("Send the objection"),
            done=_("We have received your objection and will notify you of the decision."),
            address="objection",
            status=201,
            form=words(
                _("What outcome do you want, and why?"),
                hint=_("Say why the refusal is wrong. Please do not include resident registration numbers."),
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
            hint=_("Only at the petitioner's request. The refusal then stands, and the petitioner is notified."),
            rows=3,
            optional=True,
        ),
        run=objecting.withdraw,
        when=_objected,
        desk=Offer(
            summary="Withdraw an undecided objection on the petitioner's behalf",
            label=_("Withdraw the objection"),
            title=_("Withdraw the objection on the petitioner's behalf"),
            send_kind="danger",
            kind="quiet",
            done=_("The objection has been withdrawn. The refusal stands."),
        ),
        citizen=Offer(
            summary="Withdraw an undecided objection",
            label=_("Withdraw the objection"),
            send_kind="danger",
            kind="quiet",
            done=_("Your objection has been withdrawn."),
            address="objection-withdrawal",
            form=words(_("Why (optional)"), rows=3, optional=True),
            names={"text": "objection_withdrawal"},
            notes=(
                _(
                    "If you withdraw it, the city makes no decision and the refusal stands. You can object "
                    "again within 60 days of the refusal."
                ),
            ),
        ),
    ),
)
