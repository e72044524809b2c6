"""Which addresses are videos that a page may show in a frame, and what the frame then shows."""

import pytest

from forums.players import player

YOUTUBE = "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?start=75"


@pytest.mark.parametrize(
    ("link", "frame"),
    [
        ("https://www.youtube.com/watch?v=aqz-KE-bpKQ&feature=share", YOUTUBE),
        ("https://youtu.be/aqz-KE-bpKQ?si=x", YOUTUBE),
        ("https://www.youtube.com/live/aqz-KE-bpKQ", YOUTUBE),
        ("https://m.youtube.com/shorts/aqz-KE-bpKQ/", YOUTUBE),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1#t=75s"),
        ("https://tv.naver.com/v/1234567", "https://tv.naver.com/embed/1234567"),
        ("https://tv.kakao.com/channel/12/cliplink/345", "https://play-tv.kakao.com/embed/player/cliplink/345"),
    ],
)
def test_a_video_of_a_known_host_is_framed(link: str, frame: str) -> None:
    found = player(link)
    assert found is not None
    assert found.begin(75) == frame
    assert found.origin == "/".join(frame.split("/")[:3])


@pytest.mark.parametrize(
    "link",
    [
        "",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/watch?v=%22%3E%3Cscript%3E",
        "https://www.youtube.com/user/city/videos",
        "https://www.youtube.com.example.org/watch?v=aqz-KE-bpKQ",
        "https://example.org/?https://www.youtube.com/watch?v=aqz-KE-bpKQ",
        "https://vimeo.com/channels/city",
        "javascript://www.youtube.com/watch?v=aqz-KE-bpKQ",
        "https://[::1/watch?v=aqz-KE-bpKQ",
    ],
)
def test_everything_else_stays_a_link(link: str) -> None:
    assert player(link) is None
