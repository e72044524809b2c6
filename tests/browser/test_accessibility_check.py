"""The accessibility check itself: it finds what is wrong on a page, with scripts and without."""

import pytest

from tests.support.chromium import PHONE, OpenPage, axe

PAGE = """<!doctype html><html lang="ko"><title>민원</title>
<meta name="viewport" content="width=device-width"><main><h1>민원</h1>{}</main></html>"""
SMALL = '<a href="/1" style="display:inline-block;width:9px;height:9px" aria-label="하나"></a>'
SCRIPT = "<p id=p>글</p><script>document.getElementById('p').textContent = '스크립트'</script>"


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("image-alt", '<img src="data:,">'),
        ("label", "<input>"),
        ("color-contrast", '<p style="color:#bbb;background:#fff">읽기 어려운 글</p>'),
        ("target-size", SMALL + SMALL),
    ],
)
async def test_a_fault_is_named(*, open_page: OpenPage, javascript: bool, rule: str, fault: str) -> None:
    page = await open_page(width=PHONE, javascript=javascript)
    await page.set_content(PAGE.format("<p>글</p>"))
    await axe(page)
    await page.set_content(PAGE.format(fault))
    with pytest.raises(AssertionError, match=rule):
        await axe(page)


async def test_a_page_without_javascript_runs_no_script(open_page: OpenPage) -> None:
    for javascript, text in ((True, "스크립트"), (False, "글")):
        page = await open_page(javascript=javascript)
        await page.set_content(PAGE.format(SCRIPT))
        assert await page.locator("#p").inner_text() == text
