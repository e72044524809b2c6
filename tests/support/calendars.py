"""Reading a calendar file (RFC 5545) with one entry."""


def parsed(content: bytes) -> dict[str, str]:
    """The properties of the file and of its one entry, unfolded; the entry's parts stand in their order."""
    assert content.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    lines = content.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    found: dict[str, str] = {}
    open_parts: list[str] = []
    for line in lines:
        name, colon, value = line.partition(":")
        assert colon, line
        if name == "BEGIN":
            open_parts.append(value)
        elif name == "END":
            assert open_parts.pop() == value
        else:
            found.setdefault(name.partition(";")[0], value)
    assert not open_parts
    return found
