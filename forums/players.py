"""Videos that a page may embed: only from these hosts, through their players that do not track visitors.

A link to any other host stays a link. Nothing is loaded from a host before the reader starts the video.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Player:
    """The embedded player of a video."""

    host: str
    """The host's name as readers know it."""
    address: str
    """The address of the frame; ``{at}`` is the second at which the video begins."""

    @property
    def origin(self) -> str:
        """The origin that the page's content security policy must allow in a frame."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    def begin(self, at: int) -> str:
        """The frame's address for a video that begins at this second."""
        return self.address.replace("{at}", str(at))


def _youtube(link: SplitResult) -> str:
    query = parse_qs(link.query).get("v", [""])[0]
    path = re.fullmatch(r"/(?:(?:live|embed|shorts)/)?([^/]+)/?", link.path)
    return query if link.path == "/watch" else path[1] if path else ""


def _last(pattern: str) -> Callable[[SplitResult], str]:
    def read(link: SplitResult) -> str:
        match = re.fullmatch(pattern, link.path)
        return match[1] if match else ""

    return read


_YOUTUBE = ("YouTube", _youtube, "https://www.youtube-nocookie.com/embed/{video}?start={at}")
_VIMEO = ("Vimeo", _last(r"/(?:video/)?(\d+)/?"), "https://player.vimeo.com/video/{video}?dnt=1#t={at}s")
_NAVER = ("Naver TV", _last(r"/(?:v|embed)/(\d+)/?"), "https://tv.naver.com/embed/{video}")
_KAKAO = (
    "Kakao TV",
    _last(r"/(?:(?:channel/\d+|v|embed/player)/)?(?:cliplink/)?(\d+)/?"),
    "https://play-tv.kakao.com/embed/player/cliplink/{video}",
)
_HOSTS: dict[str, tuple[str, Callable[[SplitResult], str], str]] = {
    **dict.fromkeys(("www.youtube.com", "youtube.com", "m.youtube.com", "youtu.be"), _YOUTUBE),
    **dict.fromkeys(("vimeo.com", "player.vimeo.com"), _VIMEO),
    "tv.naver.com": _NAVER,
    "tv.kakao.com": _KAKAO,
}
_video = re.compile(r"[A-Za-z0-9_-]{1,40}")


def player(link: str) -> Player | None:
    """The player for the address of a video's public page; None for any other address."""
    try:
        parts = urlsplit(link)
        host = _HOSTS.get(parts.hostname or "") if parts.scheme in {"http", "https"} else None
    except ValueError:
        return None
    if host is None:
        return None
    name, video_of, address = host
    video = video_of(parts)
    return Player(name, address.replace("{video}", video)) if _video.fullmatch(video) else None
