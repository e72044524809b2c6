"""Short signed tokens for links in text messages."""

from datetime import UTC, datetime, timedelta

import pytest

from server.core import clock
from server.core.config import Settings
from server.core.signing import sign, sign_short, unsign_short

SETTINGS = Settings(secret_key="s" * 40)
NOW = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)


def test_a_token_gives_its_value_back_until_its_last_day() -> None:
    with clock.at(NOW):
        token = sign_short(SETTINGS, "visit", "K7Q-M9X-RW4", 30)
        assert unsign_short(SETTINGS, "visit", token) == "K7Q-M9X-RW4"
    with clock.at(NOW + timedelta(days=30)):
        assert unsign_short(SETTINGS, "visit", token) == "K7Q-M9X-RW4"
    with clock.at(NOW + timedelta(days=31)):
        assert unsign_short(SETTINGS, "visit", token) is None


def test_it_is_shorter_than_other_tokens_and_a_phone_takes_all_of_it_for_the_link() -> None:
    token = sign_short(SETTINGS, "visit", "K7Q-M9X-RW4", 30)
    assert len(token) == len("K7Q-M9X-RW4") + 22 < len(sign(SETTINGS, "visit", "K7Q-M9X-RW4"))
    assert token[-1].isalnum()
    assert token.replace(".", "").replace("-", "").isalnum()


@pytest.mark.parametrize("other", [Settings(secret_key="t" * 40), SETTINGS])
def test_only_this_server_makes_them_for_one_purpose(other: Settings) -> None:
    purpose = "visit" if other is not SETTINGS else "case"
    assert unsign_short(SETTINGS, "visit", sign_short(other, purpose, "K7Q", 30)) is None


def test_any_change_is_noticed() -> None:
    token = sign_short(SETTINGS, "visit", "K7Q", 30)
    for place in range(len(token)):
        changed = token[:place] + ("a" if token[place] != "a" else "b") + token[place + 1 :]
        assert unsign_short(SETTINGS, "visit", changed) is None
    for forged in ("", ".", "..", "K7Q", "K7Q.zz.", f"{token}x", token[:-1], "한글.1.2", "a.\ud800"):
        assert unsign_short(SETTINGS, "visit", forged) is None
