"""Forums for tests, made through the real actions."""

from datetime import datetime, timedelta
from typing import Any

from forums import events, rights
from forums.actions import planning
from forums.forms.planning import PlanForum
from forums.models import Forum
from forums.states import ForumState
from server.core import clock, database, ledger
from server.core.accounts import Department
from tests.support.answers import official
from tests.support.system import System


def words(kind: str, now: datetime) -> dict[str, Any]:
    """What a forum of each kind says, beginning in an hour and lasting two."""
    begins, ends = now + timedelta(hours=1), now + timedelta(hours=3)
    time = {"starts_at": begins, "ends_at": ends}
    said: dict[str, dict[str, Any]] = {
        "listening": {"title": "골목 상권을 살리려면", "place": "시청 다목적홀", "panel": ("김상인 (상인회)",),
                      **time},
        "field_office": {"title": "재래시장 주차 문제", "body": "주차할 곳이 없습니다.", "district": "central",
                         "place": "중앙시장 상인회관", **time},
        "speakers_corner": {"title": "시민발언대", "place": "시민청 지하 1층", **time},
        "discussion": {"title": "따릉이를 밤에도 빌릴까요?", "body": "여러분의 생각을 들려주세요.", **time},
        "broadcast": {"title": "라이브서울 정책 설명회", "link": "https://www.youtube.com/watch?v=aqz-KE-bpKQ", **time},
        "notice": {"title": "청책토론회 결과를 알립니다", "body": "붙임 문서를 보아 주십시오."},
    }  # fmt: skip
    return said[kind]


async def a_draft(kind: str = "listening", **changes: Any) -> str:
    """A forum that only its planners know; its slug. ``changes`` are fields of ``PlanForum``."""
    department = await Department.get(code="roads")
    command = PlanForum(kind, **{"department_id": department.id, **words(kind, clock.now()), **changes})
    return await planning.plan(await official("intake"), command)


async def a_forum(_system: System, kind: str = "listening", **changes: Any) -> str:
    """A forum that is announced; its slug."""
    slug = await a_draft(kind, **changes)
    await planning.publish(await official("intake"), slug)
    return slug


async def a_proposal(number: int = 1, **changes: Any) -> Forum:
    """A citizen's proposal that is not decided yet."""
    now = clock.now()
    values: dict[str, Any] = {
        "kind": "discussion",
        "title": f"문구점을 살릴까요 {number}",
        "supports": 13,
        "published_at": now,
    }
    slug = f"proposal-{number}"
    async with database.transaction():
        chain = await ledger.begin(rights.forum_subject(slug))
        await chain.append("system", events.ForumProposed("discussion"))
        return await Forum.create(
            slug=slug, number=0, status=ForumState.PROPOSED, created_at=now, **{**values, **changes}
        )
