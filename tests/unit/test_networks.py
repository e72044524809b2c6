"""Who is counted as one: an IPv4 address however it is written, or a subscriber's network."""

import re
from pathlib import Path

from server.core import networks, security

ROOT = Path(__file__).parents[2]


def test_a_subscriber_is_one_address_or_one_network() -> None:
    for address, counted in (
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::ffff:c000:201", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"), ("2001:db8:1:2:f::9", "2001:db8:1:2::/64"),
        ("::1", "::/64"), ("fe80::1%eth0", "fe80::/64"), ("?", "?"), ("", ""),
    ):  # fmt: skip
        assert networks.subscriber(address) == counted
        assert security.network({"client": (address, 1)}) == counted
    assert security.network({"client": None}) == "?"


def test_networks_are_found_both_ways() -> None:
    for named in ("10.0.0.0/8", "::ffff:10.0.0.0/104"):
        assert {str(one) for one in networks.both_ways([named])} == {"10.0.0.0/8", "::ffff:a00:0/104"}
    assert [str(one) for one in networks.both_ways(["2001:db8::/32"])] == ["2001:db8::/32"]
    assert [str(one) for one in networks.both_ways(["::/0"])] == ["::/0"]


def test_no_limit_is_counted_by_the_bare_address() -> None:
    bare = re.compile(r"request\.client\.host|scope\[\"client\"\]")
    found = [
        str(path)
        for folder in ("server", "petitions", "forums", "tracking")
        for path in (ROOT / folder).rglob("*.py")
        if bare.search(path.read_text(encoding="utf-8"))
    ]
    assert not found, "security.network(request.scope) is what limits count by"
