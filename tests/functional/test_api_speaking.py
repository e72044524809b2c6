"""A program speaks in a forum: with a name and an address it gets a mail, with a session it is heard at once."""

from forums.forms.speaking import TEXT_LIMIT
from forums.models import Comment, Submission
from server.core.participants.models import Unconfirmed
from tests.functional.test_speaking import SAID, WHO, link, speaker
from tests.support.contract import Described
from tests.support.forums import a_forum
from tests.support.system import System


async def test_a_program_speaks_comments_and_supports(system: System, described: Described) -> None:
    slug = await a_forum(system)
    address = f"/api/v1/forums/{slug}/submissions"
    bare = await system.client.post(address, json=SAID)
    assert bare.status_code == 422
    assert [error["field"] for error in bare.json()["errors"]] == ["name", "email"]
    for _try in range(2):
        waits = await system.client.post(address, json={**SAID, **WHO}, headers={"idempotency-key": "k1"})
        assert (waits.status_code, waits.json()) == (202, {"status": "confirm_mail"})
    assert await Unconfirmed.all().count() == 1
    await system.work()
    number = (await system.visitor().post(link(system))).headers["location"].rpartition("/")[2]
    hers = await speaker(system, WHO["name"], "flower@example.org")
    first = await hers.post(address, json={**SAID, "title": "둘째 생각"}, headers={"idempotency-key": "k2"})
    again = await hers.post(address, json={**SAID, "title": "둘째 생각"}, headers={"idempotency-key": "k2"})
    assert first.status_code == again.status_code == 201
    assert first.json()["number"] == again.json()["number"]
    assert first.headers["location"] == f"/api/v1/submissions/{first.json()['number']}"
    reused = await hers.post(address, json={**SAID, "title": "다른 글"}, headers={"idempotency-key": "k2"})
    assert reused.json()["code"] == "idempotency_key_reused"
    assert await Submission.all().count() == 2
    wrong = await hers.post(address, json={"title": 1, "text": "가" * (TEXT_LIMIT + 1), "stance": "maybe"})
    assert {error["field"] for error in wrong.json()["errors"]} == {"title", "text", "stance"}

    place = f"/api/v1/submissions/{number}"
    neighbour = await speaker(system, "옆집", "next@example.org")
    said = await neighbour.post(f"{place}/comments", json={"text": "010-1234-5678로 알려 주세요", "stance": "for"})
    assert (said.status_code, said.json()["text"]) == (201, "010-****-5678로 알려 주세요")
    handler = await system.program("handler")
    reply, key = {"text": "가 보겠습니다", "parent": said.json()["id"]}, {"idempotency-key": "k3"}
    official = await handler.post(f"{place}/comments", json=reply, headers=key)
    assert (await handler.post(f"{place}/comments", json=reply, headers=key)).json() == official.json()
    other = await handler.post(f"{place}/comments", json={"text": "다른 말"}, headers=key)
    assert other.json()["code"] == "idempotency_key_reused"
    assert official.json()["official"]
    assert official.json()["department"]["code"] == "roads"
    (thread,) = (await system.client.get(f"{place}/comments")).json()["items"]
    assert [answer["author"] for answer in thread["answers"]] == ["김처리"]
    assert (await handler.post(address, json=SAID)).status_code == 403
    for _try in range(2):
        assert (await neighbour.post(f"{place}/supports", json={})).json()["supports"] == 1
    assert (await hers.post(f"{place}/supports", json={})).json()["code"] == "own_submission"
    assert (await neighbour.delete(f"{place}/supports")).json()["supports"] == 0
    assert (await system.client.delete(f"{place}/supports")).status_code == 422
    assert (await system.client.get("/api/v1/submissions/V-222-222-222")).status_code == 404
    listed = (await system.client.get(address, params={"sort": "supported", "stance": "idea"})).json()
    assert [row["title"] for row in listed["items"]] == ["둘째 생각", SAID["title"]]
    wrong = await system.client.get(address, params={"cursor": "x"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "cursor")
    notice = await a_forum(system, "notice")
    assert (await hers.post(f"/api/v1/forums/{notice}/submissions", json=SAID)).status_code == 409
    assert await Comment.all().count() == 2
    assert ("POST", "/api/v1/forums/{slug}/submissions", 202) in described.seen
