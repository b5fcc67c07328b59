"""A policy as text: YAML that people keep in files, read with the line of each fault, written the same each time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from services.rules.policy import Document, InvalidPolicy, read

WIDTH = 110
DEEPEST = 40  # parts within parts: more than a policy has, less than a stack of calls holds
LONGEST = 18  # digits of a number
_YAML = "tag:yaml.org,2002:"
_CORE = {  # of YAML 1.2: where `NO` is Norway, and a day is text until the policy says that it is a day
    "tag:yaml.org,2002:bool": ("tTfF", ("true", "false", "True", "False", "TRUE", "FALSE")),
    "tag:yaml.org,2002:null": ("~nN", ("~", "null", "Null", "NULL")),
    "tag:yaml.org,2002:int": ("-+0123456789", ("[-+]?[0-9]+",)),
    "tag:yaml.org,2002:float": ("-+0123456789", (r"[-+]?[0-9]+\.[0-9]+",)),
}


@dataclass(frozen=True, slots=True)
class Text:
    """What a text holds: its data, and the line of each path, counted from 1."""

    data: Any
    lines: dict[str, int]

    def line_of(self, path: str) -> int | None:
        """The line of `path`, or of the nearest part that holds it."""
        steps = path.split(".")
        places = (".".join(steps[:length]) for length in range(len(steps), -1, -1))
        return next((self.lines[place] for place in places if place in self.lines), None)


class NotYaml(InvalidPolicy):
    """The text cannot be read at all."""

    def __init__(self, fault: str, line: int | None) -> None:
        super().__init__([("document", fault)])
        self.line = line


def parse(text: str) -> Text:
    """The data of a YAML or JSON text; raises NotYaml."""
    try:
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            lines: dict[str, int] = {}
            return Text(_built(loader, root, "", lines) if root is not None else None, lines)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        raise NotYaml(wrong.problem or "cannot be read", mark.line + 1 if mark else None) from None
    except yaml.YAMLError as wrong:
        raise NotYaml(str(wrong).splitlines()[0], None) from None


def document_of(text: str) -> Document:
    """The policy that a text holds; raises InvalidPolicy."""
    return read(parse(text).data)


def text_of(document: Document) -> str:
    """The policy as text, without what goes without saying: the same policy always gives the same bytes."""
    data = document.model_dump(mode="json", exclude_defaults=True)
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)


class _Loader(yaml.SafeLoader):
    """Reads neither anchors nor tags: a policy says what it means in its place, and no text grows while it is read."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]
    deep = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        """The next node; an anchor, an alias, a tag, and parts within too many parts are faults."""
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _fault("anchors and aliases are not read", event)
        if (tag := getattr(event, "tag", None)) is not None:
            raise _fault(f"the tag {tag.replace(_YAML, '!!')} is not read: write the value alone", event)
        if self.deep == DEEPEST:
            raise _fault(f"more than {DEEPEST} parts stand within each other", event)
        self.deep += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.deep -= 1


class _Dumper(yaml.SafeDumper):
    """Writes lists below their names, indented, and never an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        """True: what stands twice is written twice."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists as well."""
        super().increase_indent(flow, False)


def _fault(words: str, where: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=words, problem_mark=where.start_mark)


def _resolve() -> None:
    for tag, (first, words) in _CORE.items():
        _Loader.add_implicit_resolver(tag, re.compile(f"^(?:{'|'.join(words)})$"), list(first))


def _built(loader: Any, node: Node, path: str, lines: dict[str, int]) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, MappingNode):
        return dict(_pairs(loader, node, path, lines))
    if isinstance(node, SequenceNode):
        return [_built(loader, each, _below(path, index), lines) for index, each in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    if node.tag.endswith(":int") and len(node.value.lstrip("+-")) > LONGEST:
        raise _fault(f"a number has at most {LONGEST} digits", node)
    return loader.construct_object(node)


def _pairs(loader: Any, node: MappingNode, path: str, lines: dict[str, int]) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value)
        if name in seen:
            raise NotYaml(f"{_below(path, name)} is written twice", key.start_mark.line + 1)
        seen.add(name)
        yield name, _built(loader, value, _below(path, name), lines)


def _below(path: str, step: str | int) -> str:
    return f"{path}.{step}" if path else str(step)


_resolve()
