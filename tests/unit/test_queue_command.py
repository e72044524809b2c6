"""``sinmungo queue evaluate``: its figures, and logs that are short, odd or wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from tests.support.queue_days import Setting, simulate
from tracking.visits.waits.evaluation import Evaluation, evaluate
from tracking.visits.waits.log import BadLine, Log, What, read

Values = dict[str, Any]
SERVICES = ["moving"]


def line(at: str, what: str, ticket: str = "", **more: Any) -> Values:
    """A line of the log, at a time of the same day."""
    return {"at": f"2026-09-07T{at}:00+09:00", "what": what, **({"ticket": ticket} if ticket else {}), **more}


def arrival(at: str, ticket: str, **more: Any) -> Values:
    return line(at, "arrival", ticket, service="moving", **more)


def served(ticket: str, call: str, end: str, counter: str = "1") -> list[Values]:
    return [line(call, "call", ticket, counter=counter), line(call, "start", ticket), line(end, "end", ticket)]


OPEN = line("09:00", "roster", counter="1", services=SERVICES)
MORNING = [
    OPEN,
    arrival("09:00", "A"),
    *served("A", "09:01", "09:06"),
    arrival("09:02", "B"),
    *served("B", "09:07", "09:15"),
]


def raw(*lines: Values) -> list[bytes]:
    return [json.dumps(one).encode() for one in lines]


def log(*lines: Values) -> Log:
    return read(raw(*lines))


def evaluation(*lines: Values) -> Evaluation:
    return evaluate(log(*lines).lines)


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["queue", "evaluate", str(path), *options])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "day.jsonl"
    path.write_bytes(b"\n".join(simulate(1, 1, Setting(load=0.5))))
    return path


def test_it_prints_four_figures_as_json(file: Path) -> None:
    result = run(file, "--json")
    assert result.exit_code == 0
    figures = json.loads(result.stdout)
    assert list(figures) == ["mae", "bias", "coverage", "ms"]
    assert 0 < figures["mae"] < 10
    assert 0 < figures["coverage"] <= 1
    assert figures["ms"] > 0


def test_it_says_them_in_words(file: Path) -> None:
    result = run(file)
    assert result.exit_code == 0
    assert "estimates compared with the first call; 0 tickets never called" in result.stdout
    assert "Mean error" in result.stdout
    assert "Within p10-p90" in result.stdout
    assert result.stderr == ""


def test_it_says_what_it_left_out(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    odd = [line("09:20", "parked", "A"), line("09:21", "end", "X"), line("09:01", "no_show", "C")]
    path.write_bytes(b"\n\n".join(raw(*MORNING, *odd)))
    result = run(path, "--json")
    assert result.exit_code == 0
    assert "1 lines of the unknown kind 'parked'" in result.stderr
    assert "2 lines that repeat what is known" in result.stderr
    assert "Put in order: " in result.stderr


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (b"{", "line 2: not JSON"),
        (b"[]", "line 2: not an object"),
        (b"{}", "line 2: what: missing"),
        (b'{"what": ""}', "line 2: what: empty"),
        (b'{"what": 3}', "line 2: what: not a text"),
        (b'{"what": "call", "at": "2026-09-07T09:00:00Z", "ticket": "A"}', "line 2: counter: missing"),
        (b'{"what": "start", "at": "2026-09-07T09:00:00Z"}', "line 2: ticket: missing"),
        (b'{"what": "end", "at": "2026-09-07T09:00:00Z", "ticket": 1.5}', "line 2: ticket: not a text"),
        (b'{"what": "end", "at": "2026-09-07T09:00:00Z", "ticket": true}', "line 2: ticket: not a text"),
        (b'{"what": "end", "ticket": "A"}', "line 2: at: missing"),
        (b'{"what": "end", "ticket": "A", "at": "nine"}', "line 2: at: 'nine' is not a moment"),
        (
            b'{"what": "end", "ticket": "A", "at": "2026-09-07T09:00:00"}',
            "line 2: at: '2026-09-07T09:00:00' has no time",
        ),
        (
            b'{"what": "roster", "at": "2026-09-07T09:00:00Z", "counter": 1, "services": "x"}',
            "line 2: services: not a li",
        ),
        (
            b'{"what": "roster", "at": "2026-09-07T09:00:00Z", "counter": 1, "services": [1]}',
            "line 2: services: not a li",
        ),
        (
            b'{"what": "booking", "at": "2026-09-07T09:00:00Z", "ticket": "B", "service": "x"}',
            "line 2: booked_for: missing",
        ),
        (
            b'{"what": "arrival", "at": "2026-09-07T09:00:00Z", "ticket": "B"}',
            "line 2: service: missing, and there is no",
        ),
    ],
)
def test_a_bad_line_is_named_with_its_field(bad: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(raw(OPEN)[0] + b"\n" + bad)
    result = run(path)
    assert result.exit_code == 1
    assert f"bad.jsonl, {says}" in result.stderr
    with pytest.raises(BadLine):
        read([raw(OPEN)[0], bad])


def test_a_log_without_calls_has_nothing_to_compare(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    for lines in ([], [OPEN, arrival("09:00", "A")]):
        path.write_bytes(b"\n".join(raw(*lines)))
        result = run(path)
        assert result.exit_code == 1
        assert "nothing to compare" in result.stderr


# --- What is counted -------------------------------------------------------------------------------------------------


def test_a_wait_ends_with_the_first_call() -> None:
    again = line("09:03", "call", "A", counter="1")
    found = evaluation(*MORNING[:4], again, *MORNING[4:])
    assert [(one.ticket, one.waited) for one in found.compared] == [("A", 1), ("B", 5)]
    assert found.ignored == 1


def test_who_leaves_before_a_call_is_not_compared() -> None:
    gone = line("09:04", "no_show", "C")
    found = evaluation(*MORNING[:4], arrival("09:02", "C"), gone, *MORNING[4:])
    assert (len(found.compared), found.never_called, found.ignored) == (2, 1, 0)


def test_a_call_in_vain_is_a_call() -> None:
    found = evaluation(
        OPEN, arrival("09:00", "A"), line("09:01", "call", "A", counter="1"), line("09:03", "no_show", "A")
    )
    assert [one.waited for one in found.compared] == [1]
    assert found.office.pace.absent.count == 1
    assert found.office.places["1"].serving is None


def test_a_line_twice_counts_once() -> None:
    twice = [one for one in MORNING for _again in range(2)]
    found = evaluation(*twice)
    assert len(found.compared) == 2
    assert found.office.pace.of("moving").today.count == 2


def test_lines_out_of_order_are_put_in_order() -> None:
    plain = evaluation(*MORNING)
    mixed = log(OPEN, *MORNING[2:], MORNING[1])
    assert mixed.out_of_order == 2
    assert [one.waited for one in evaluate(mixed.lines).compared] == [one.waited for one in plain.compared]


def test_numbers_come_again_on_the_next_day() -> None:
    tomorrow = [{**one, "at": one["at"].replace("09-07", "09-08")} for one in MORNING]
    found = evaluation(*MORNING, arrival("09:20", "C"), *tomorrow)
    assert [one.ticket for one in found.compared] == ["A", "B", "A", "B"]
    assert found.never_called == 1
    assert found.office.waiting == {}


def test_a_ticket_that_arrives_again_is_not_measured_again() -> None:
    found = evaluation(*MORNING, arrival("09:20", "A"))
    assert len(found.compared) == 2
    assert found.estimates == 2
    assert found.office.waiting["A"].forwarded


def test_a_log_without_a_roster_shows_its_counters_by_their_calls() -> None:
    found = evaluation(*MORNING[1:])
    assert len(found.compared) == 2
    (counter,) = found.office.queue().counters
    assert counter.services == {"moving"}


def test_a_call_of_somebody_who_never_arrived_occupies_the_counter() -> None:
    found = evaluation(OPEN, line("09:00", "call", "Z", counter=1, service="moving"), arrival("09:01", "A"))
    assert found.ignored == 1
    (counter,) = found.office.queue().counters
    assert counter.serving
    assert counter.serving.service == "moving"
    assert found.estimates == 1


def test_a_service_without_a_start_is_counted_from_its_call() -> None:
    found = evaluation(OPEN, arrival("09:00", "A"), line("09:01", "call", "A", counter="1"), line("09:06", "end", "A"))
    assert found.office.pace.of("moving").today.count == 1
    assert found.office.pace.absent.count == 1


# --- What is known when ----------------------------------------------------------------------------------------------


def closed(at: str) -> Values:
    return line(at, "roster", counter="1", services=[])


def test_a_roster_before_its_day_is_a_plan_and_one_among_its_lines_a_surprise() -> None:
    plan = log(OPEN, closed("12:00"), line("13:00", "roster", counter="1", services=SERVICES), *MORNING[1:])
    assert {one.what for one in plan.lines[:3]} == {What.ROSTER}
    found = evaluate(plan.lines).office.queue().counters[0]
    (start, end), (again, _open) = found.open
    assert (end - start, again - end) == (9900, 3600)
    surprise = [closed("09:30"), arrival("09:31", "C")]
    counter = evaluation(*MORNING, *surprise).office.queue().counters[0]
    assert counter.closed_since
    assert counter.services == {"moving"}


def test_a_counter_that_comes_back_tells_how_long_that_took() -> None:
    back = line("09:50", "roster", counter="1", services=SERVICES)
    found = evaluation(*MORNING, closed("09:30"), arrival("09:31", "C"), back, arrival("09:51", "D"))
    assert found.office.pace.closure.seen == 1
    assert found.office.queue().counters[0].closed_since is None


def test_a_plan_can_change() -> None:
    found = evaluation(OPEN, closed("12:00"), closed("12:00"), closed("11:00"), *MORNING[1:], arrival("11:30", "C"))
    assert found.office.places["1"].services == frozenset()
    assert len(found.office.places["1"].plan) == 1


def test_bookings_are_expected_until_they_arrive_or_do_not() -> None:
    booked = [line("08:00", "booking", name, service="moving", booked_for=f"2026-09-07T09:{minute}:00+09:00")
              for name, minute in (("X", "10"), ("Y", "20"), ("Z", "30"))]  # fmt: skip
    first = evaluation(OPEN, *booked, *MORNING[1:])
    assert len(first.office.queue().coming) == 3
    came = line("09:16", "arrival", "X")
    gone = line("09:31", "no_show", "Y")
    second = evaluation(OPEN, *booked, *MORNING[1:], came, gone)
    assert [one.booked_for for one in second.office.queue().coming] == [
        line_at.booked_for for line_at in log(*booked).lines if line_at.ticket == "Z"
    ]
    assert second.office.waiting["X"].service == "moving"
    assert second.office.waiting["X"].booked_for is not None
    assert (second.office.pace.coming.count, second.office.pace.coming.total) == (2, 1)
    tomorrow = arrival("09:00", "A") | {"at": "2026-09-08T09:00:00+09:00"}
    assert evaluation(OPEN, *booked, *MORNING[1:], tomorrow).office.bookings == {}


def test_the_delay_that_explains_the_calls_is_assumed() -> None:
    """Here everybody is called by arrival, booked or not."""
    found = evaluate(read(simulate(1, 2, Setting(rule=Setting().rule._replace(worst_delay=0), out_of_turn=0))).lines)
    assert found.office.rule.worst_delay == 0
    other = evaluate(read(simulate(1, 2, Setting(out_of_turn=0))).lines)
    assert other.office.rule.worst_delay == 30 * 60
