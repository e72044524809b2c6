"""Who really asks, and for which site: proxies are believed only where they are named, and one name is ours."""

from dataclasses import replace

import httpx
import pytest

from server.core import observe, security
from server.core.accounts import Account
from server.core.config import Settings
from server.core.security import SIGN_IN, WRITE, Limiter, Rate
from tests.support.page_forms import submit
from tests.support.stories import filed
from tests.support.system import PASSWORD, System, opened


def at_address(system: System, client: str, host: str = "127.0.0.1:8000", **headers: str) -> httpx.AsyncClient:
    """A browser at another address."""
    transport = httpx.ASGITransport(system.app, raise_app_exceptions=False, client=(client, 1))
    found = httpx.AsyncClient(transport=transport, base_url=f"http://{host}", headers=headers)
    system.clients.append(found)
    return found


async def refused(system: System, client: str, forwarded: list[str]) -> bool:
    """Whether as many posts as one address may send, each forwarded for another one, use the limit up."""
    browser = at_address(system, client)
    answers = [await browser.post("/cases", data={}, headers={"x-forwarded-for": one}) for one in forwarded]
    return answers[-1].status_code == 429


async def test_a_forwarded_address_is_believed_of_named_proxies_only(settings: Settings) -> None:
    many = [f"203.0.113.{n}" for n in range(round(WRITE.burst) + 4)]
    limited = replace(settings, rate_limits=True)
    async with opened(limited) as system:
        assert await refused(system, "127.0.0.1", many), "nobody is believed by default, not even on loopback"
    async with opened(replace(limited, trusted_proxies=("10.0.0.0/8", "127.0.0.1"))) as system:
        assert not await refused(system, "10.1.2.3", many), "the clients of a proxy have limits of their own"
        assert await refused(system, "10.1.2.3", [f"{one}, 198.51.100.7" for one in many]), "who wrote before it is not"
        assert await refused(system, "192.0.2.9", many), "others are not believed"
        assert not await refused(system, "::ffff:10.9.9.9", [f"198.51.100.{n + 20}" for n in range(len(many))]), (
            "a socket for IPv4 and IPv6 names a proxy like this"
        )


async def test_a_subscriber_has_one_limit_whatever_address_they_choose(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:

        async def posts(form: str) -> list[int]:
            browsers = [at_address(system, form.format(n)) for n in range(round(WRITE.burst) + 4)]
            return [(await browser.post("/cases", data={})).status_code for browser in browsers]

        assert (await posts("2001:db8:1:2::{}"))[-1] == 429
        assert (await posts("2001:db8:1:{}::1"))[-1] != 429, "others have their own"
        assert (await at_address(system, "2001:db8:1:1::2").post("/cases", data={})).status_code != 429
        assert (await at_address(system, "192.0.2.50").post("/cases", data={})).status_code != 429


async def test_the_site_answers_under_its_own_name_only(settings: Settings) -> None:
    public = replace(settings, base_url="https://minwon.example.kr")
    async with opened(public) as system:
        for host, status in (
            ("minwon.example.kr", 200), ("MINWON.example.kr:443", 200), ("127.0.0.1:8000", 200), ("localhost", 200),
            ("[::1]:8000", 200), ("evil.example", 421), ("minwon.example.kr.evil.example", 421), ("", 421),
            ("a b", 421), ("minwon.example.kr@evil.example", 421),
        ):  # fmt: skip
            for path in ("/", "/static/css/sinmungo.css"):
                answer = await system.client.get(path, headers={"host": host})
                assert (answer.status_code == 421) == (status == 421), (host, path)
        for path in ("/healthz", "/readyz"):
            assert (await system.client.get(path, headers={"host": "10.0.0.5"})).status_code == 200
        problem = await system.client.get("/api/v1/forums", headers={"host": "evil.example"})
        assert problem.json()["code"] == "misdirected"
    async with opened(replace(public, host="0.0.0.0")) as system:  # noqa: S104 - reachable from outside
        assert (await system.client.get("/", headers={"host": "localhost"})).status_code == 421


def test_several_processes_keep_a_limit_together() -> None:
    for processes in (1, 4, 10):
        limiters = [Limiter(processes=processes) for _one in range(processes)]
        taken = sum(not limiter.take("a", Rate(60, 40)) for limiter in limiters for _try in range(100))
        assert 40 <= taken <= 41 + processes
    few = [Limiter(processes=4) for _one in range(4)]
    assert [limiter.take("a", Rate(1, 1)) for limiter in few] == [0] * 4, "each grants one at least"


@pytest.mark.parametrize("from_elsewhere", ["address", "forwarded", "host"])
async def test_the_demonstration_opens_on_this_machine_only(settings: Settings, from_elsewhere: str) -> None:
    await_site = replace(settings, base_url="http://127.0.0.1:8000")
    async with opened(await_site) as system:
        await Account.filter(username="handler").update(demo=True)
        system.app.state.site.city.demo = True
        await filed()
        await system.work()
        elsewhere = {
            "address": at_address(system, "192.0.2.7"),
            "forwarded": system.visitor(**{"x-forwarded-for": "192.0.2.7"}),
            "host": at_address(system, "127.0.0.1", host="minwon.example.kr"),
        }[from_elsewhere]
        system.app.state.site.settings = system.settings
        assert (await elsewhere.get("/dev/mail")).status_code in {404, 421}
        if from_elsewhere != "host":
            page = await elsewhere.get("/desk/sign-in")
            assert "sinmungo-demo" not in page.text
            answer = await submit(elsewhere, "/desk/sign-in", "/sign-in", username="handler", password=PASSWORD)
            assert answer.status_code == 401
            token = {"username": "handler", "password": PASSWORD}
            assert (await elsewhere.post("/api/v1/tokens", json=token)).status_code == 401
        assert (await system.client.get("/dev/mail")).status_code == 200
        assert "sinmungo-demo" in (await system.client.get("/desk/sign-in")).text
        await system.official("handler")
        system.app.state.site.city.demo = False
        assert (await system.client.get("/dev/mail")).status_code == 404, "it is no demonstration"


async def test_the_metrics_are_for_this_machine_or_who_has_the_token(settings: Settings) -> None:
    async with opened(settings) as system:
        assert (await system.client.get("/metrics")).status_code == 200
        assert (await system.client.get("/metrics", headers={"x-forwarded-for": "192.0.2.7"})).status_code == 401
        assert (await at_address(system, "192.0.2.7").get("/metrics")).status_code == 401
        assert (await system.client.get("/metrics", headers={"host": "evil.example"})).status_code == 401
    async with opened(replace(settings, metrics_token="t" * 20)) as system:
        far = at_address(system, "192.0.2.7", host="10.0.0.5")
        for token, status in (("t" * 20, 200), ("wrong", 401), ("", 401), ("é", 401)):
            shown = {b"authorization": f"Bearer {token}".encode()}
            assert (await far.get("/metrics", headers=shown)).status_code == status
        assert (await system.client.get("/metrics")).status_code == 401


async def test_the_metrics_stay_small_whatever_is_asked_for(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    async def size() -> int:
        monkeypatch.setattr(observe, "_kept", [])
        return len((await system.client.get("/metrics")).content)

    for path in ("/", "/forums", "/petitions", "/cases", "/nowhere", "/desk", "/api/v1/forums", "/api/v1/nowhere"):
        await system.client.get(path)
    before = await size()
    for n in range(40):
        await system.client.request(f"M{n}", f"/nowhere/{n}")
        await system.client.get(f"/cases/K7Q-M9X-R{n:02}?q={n}")
    assert await size() - before < 1_000
    assert before < 100_000
    monkeypatch.setattr(observe, "_kept", [])
    monkeypatch.setattr(observe, "KEPT_SECONDS", 3600)
    first = await system.client.get("/metrics")
    await system.client.get("/forums")
    assert (await system.client.get("/metrics")).content == first.content, "it is not written for each call"


def test_this_machine_is_known_by_address_name_and_directness() -> None:
    def scope(client: str, host: str, *headers: tuple[bytes, bytes]) -> dict[str, object]:
        return {"type": "http", "client": (client, 1), "headers": [(b"host", host.encode()), *headers]}

    assert security.from_here(scope("127.0.0.1", "localhost:8000"))
    assert security.from_here(scope("::1", "[::1]"))
    assert security.from_here(scope("::ffff:127.0.0.1", "localhost"))
    for client, host, *more in (
        ("192.0.2.1", "localhost"), ("127.0.0.1", "city.example"), ("127.0.0.1", ""),
        ("127.0.0.1", "localhost", (b"forwarded", b"for=1")), ("127.0.0.1", "localhost", (b"x-real-ip", b"")),
    ):  # fmt: skip
        assert not security.from_here(scope(client, host, *more)), (client, host)
    assert SIGN_IN.burst > 1
