"""An export that is no export of ours is refused with the line and the reason."""

import io

import pytest

from tracking.statistics.verify import Submissions, Unreadable, read_published
from tracking.statistics.verify_waiting import COLUMNS, FILTERS, Tickets

HEAD = "submission,forum,kind,department,district,received_on,outcome,outcome_on,done_on\r\n"
GOOD = "V-1,listening-1,listening,roads,central,2025-03-04,adopted,2025-03-10,\r\n"
FORUMS = "forum,kind,department,district,held_on,participants\r\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: the columns must be submission, forum"),
        ("a,b\r\n", "line 1: the columns"),
        (HEAD + "V-1,x\r\n", "line 2: 2 values instead of 9"),
        (HEAD + GOOD + GOOD, "line 3: the submission 'V-1' stands there twice"),
        (HEAD + GOOD.replace("V-1", ""), "line 2"),
        (HEAD + GOOD.replace("2025-03-04", "04.03.2025"), "line 2: '04.03.2025' in received_on is no day"),
        (HEAD + GOOD.replace("2025-03-04", ""), "received_on"),
        (HEAD + GOOD.replace("2025-03-10", "20250310"), "outcome_on"),
        (HEAD + GOOD.replace("adopted", "wonderful"), "'wonderful' is no outcome"),
        (HEAD + GOOD.replace("adopted", ""), "line 2: V-1 lacks its outcome"),
        (HEAD + GOOD.replace("2025-03-10", ""), "line 2: V-1 lacks the day of its outcome"),
        (HEAD + GOOD.replace("adopted,2025-03-10,", "not_adopted,2025-03-10,2025-04-01"), "V-1 is done, but was not"),
        (HEAD + GOOD.replace("adopted,2025-03-10,", ",,2025-04-01"), "V-1 is done, but was not adopted"),
        (HEAD + GOOD.replace("roads", "=1+1"), "'=1+1' in department is no code"),
        (HEAD + '"V-1', "line 2"),
    ],
)
def test_a_malformed_export_is_refused(text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says.replace("+", r"\+")):
        Submissions().read(io.StringIO(text, newline=""))


def test_a_file_in_another_encoding_and_malformed_forums_are_refused() -> None:
    with pytest.raises(Unreadable):
        Submissions().read(io.TextIOWrapper(io.BytesIO(HEAD.encode() + b"\xff\xfe"), encoding="utf-8", newline=""))
    for line in ("listening-1,listening,roads,central,2025-03-04,-3", "listening-1,listening,roads,central,,3"):
        with pytest.raises(Unreadable, match="line 2"):
            Submissions().read_forums(io.StringIO(FORUMS + line, newline=""))


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b"{}", b'{"total": {}, "by": 3}', b'{"total": {}, "by": {}, "filters": {"age": "x"}}']
)
def test_published_figures_that_are_none(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read_published(raw)


def test_a_byte_order_mark_and_a_value_that_nobody_published() -> None:
    found = Submissions()
    found.read(io.StringIO("\ufeff" + HEAD + GOOD, newline=""))
    differences = list(found.differences({"total": {"received": 1}, "by": {}}))
    assert differences[0] == "total: considered is not published"
    assert "kind listening: not among the published figures" in differences
    assert "forum listening-1: not among the published figures" in differences
    shorter = list(found.differences({"total": {"received": 1}, "by": {}, "next": "7"}))
    assert "forum listening-1: not among the published figures" not in shorter


TICKET = "2026-12,east,booked,passport,,1,served,90,,300,settled,-30,1\r\n"
OF_HOUR = "2026-12,east,,,09,1,served,,2,,,,\r\n"
TICKETS = ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("2026-12", "07.2026", "'07.2026' is no month"),
        ("east", "=1+1", "'=1+1' in office is no code"),
        ("booked", "by_car", "'by_car' in how is none of its values"),
        ("passport,,", "passport,09,", "no line has both a service and an hour"),
        (",1,served", ",2,served", "'2' in visitors is none"),
        ("served", "happy", "'happy' in outcome is none"),
        (",90,", ",-90,", "less than 0 seconds"),
        (",300,", ",-1,", "less than 0 seconds"),
        (",300,", ",5 min,", "'5 min' in service_seconds is no whole number"),
        ("settled", "won", "'won' in case is none"),
        ("-30,1", "-30,", "'' in estimate_held is none"),
        ("-30,1", ",1", "'1' in estimate_held is none"),
        ("-30,1", "-30", "12 values instead of 13"),
    ],
)
def test_a_malformed_ticket_is_refused(old: str, new: str, says: str) -> None:
    Tickets().read(io.StringIO(TICKETS + TICKET + OF_HOUR, newline=""))
    with pytest.raises(Unreadable, match=says.replace("+", r"\+")):
        Tickets().read(io.StringIO(TICKETS + TICKET.replace(old, new, 1), newline=""))


@pytest.mark.parametrize(("old", "new", "says"), [("09", "24", "'24' in hour is none"), (",2,", ",-2,", "less than 0")])
def test_a_malformed_line_of_an_hour_is_refused(old: str, new: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        Tickets().read(io.StringIO(TICKETS + OF_HOUR.replace(old, new, 1), newline=""))


def test_of_whom_nothing_is_told_only_the_number_is_published() -> None:
    few = Tickets()
    few.read(io.StringIO(TICKETS + "2026-12,east,_few,_few,,1,withheld,,,,,,\r\n" * 4, newline=""))
    total = few.figures(("", ""))
    assert (total["visitors"], total["shown"], total["served"], total["mean_wait_seconds"]) == (4, 0, None, None)


def test_an_export_with_a_line_of_a_few_is_no_export_of_ours() -> None:
    added = Tickets()
    added.read(io.StringIO(TICKETS + TICKET * 9 + TICKET.replace("passport", "tour") * 4, newline=""))
    assert [one for one in added.differences({}) if "fewer than 5" in one] == [
        "2026-12, east, booked, tour: 4 lines, and fewer than 5 are not published"
    ]


def test_figures_of_waiting_stand_under_their_own_filters() -> None:
    raw = b'{"total": {}, "by": {}, "filters": {"how": "booked"}}'
    assert read_published(raw, FILTERS)["filters"] == {"how": "booked"}
    with pytest.raises(Unreadable):
        read_published(raw)
