"""A page taken apart, so that a test can ask what is in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "input", "br", "use"}


@dataclass
class Element:
    """A tag with its attributes and what is inside it."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    inside: list["Element | str"] = field(default_factory=list)

    def every(self, *tags: str) -> Iterator["Element"]:
        """The elements of these tags, in the order of the page; all of them where none is named."""
        for child in self.inside:
            if isinstance(child, Element):
                if not tags or child.tag in tags:
                    yield child
                yield from child.every(*tags)

    def one(self, id: str) -> "Element":
        """The element with this id."""
        return next(element for element in self.every() if element["id"] == id)

    def having(self, name: str, value: str | None = None) -> list["Element"]:
        """The elements with an attribute, or with this value of it."""
        return [e for e in self.every() if name in e.attributes and (value is None or e[name] == value)]

    @property
    def text(self) -> str:
        """What a person reads, in one line."""
        parts = [child.text if isinstance(child, Element) else child for child in self.inside]
        return " ".join(" ".join(parts).split())

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name) or ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            closed = self.open.pop()
            assert closed.tag == tag, f"<{closed.tag}> is closed by </{tag}>"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Element(tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(page: bytes) -> Element:
    """The page as a tree; fails where a tag is not closed by its own."""
    reader = _Reader()
    reader.feed(page.decode())
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is never closed"
    return reader.open[0]
