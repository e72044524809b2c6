"""The helper that sends what a page shows: it sends what a browser would, and refuses what no reader could do."""

import httpx
import pytest

from tests.support.page_forms import Form, form, send

PAGE = """
<form action="/search"><input name="q"></form>
<form method="post" action="save?x=1" id="f">
  <input type="hidden" name="version" value="7"><input name="title" value="A &amp; B">
  <textarea name="text">
two
lines</textarea>
  <select name="kind"><option value="a">A</option><option value="b" selected>B</option></select>
  <input type="checkbox" name="day" value="mon" checked><input type="checkbox" name="day" value="tue">
  <input type="radio" name="side" value="for"><input type="radio" name="side" value="against" checked>
  <input type="file" name="files"><input name="off" value="x" disabled>
  <button name="step" value="check">Check</button><button type="button">Open</button>
</form>
<input form="f" name="far" value="away"><button form="f" formaction="/drop">Drop</button>
<form method="post"><input type="hidden" name="change" value="language"><button>Save</button></form>
"""


def shown(action: str = "save", **wanted: str) -> Form:
    answer = httpx.Response(200, text=PAGE, request=httpx.Request("GET", "http://127.0.0.1:8000/desk/page"))
    return form(answer, action, **wanted)


def test_what_is_sent_is_what_a_browser_sends() -> None:
    assert shown().url == "http://127.0.0.1:8000/desk/save?x=1"
    assert shown().values == {
        "version": ["7"], "title": ["A & B"], "text": ["two\nlines"], "kind": ["b"], "day": ["mon"],
        "side": ["against"], "far": ["away"],
    }  # fmt: skip
    assert shown("", field="change", value="language").url == "http://127.0.0.1:8000/desk/page"


async def test_the_pressed_button_says_where_and_what() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as browser:
        await send(browser, shown(), button="Check", day=["mon", "tue"], title="C")
        await send(browser, shown(), button="Drop", day=[], far="near")
    assert [str(request.url) for request in seen] == [
        "http://127.0.0.1:8000/desk/save?x=1",
        "http://127.0.0.1:8000/drop",
    ]
    first, second = (httpx.QueryParams(request.content.decode()) for request in seen)
    assert (first.get_list("day"), first["title"], first["step"]) == (["mon", "tue"], "C", "check")
    assert ("day" in second, "step" in second, second["far"]) == (False, False, "near")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"old": "secret"}, "no field 'old'"),
        ({"off": "x"}, "no field 'off'"),
        ({"step": "check"}, "no field 'step'"),
        ({"kind": "c"}, "offers"),
        ({"day": ["wed"]}, "offers"),
        ({"version": "8"}, "hidden"),
    ],
)
def test_what_no_reader_can_do_is_refused(change: dict[str, str], why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        shown().filled(change)


def test_a_form_or_button_that_is_not_there_once_is_refused() -> None:
    with pytest.raises(AssertionError, match="0 forms"):
        shown("nowhere")
    with pytest.raises(AssertionError, match="0 forms"):
        shown("search")
    with pytest.raises(AssertionError, match="2 buttons"):
        shown().pressed("")
