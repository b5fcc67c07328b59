"""The forms of a page, read and filled as a browser without scripts would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

Attributes = Mapping[str, str | None]


@dataclass
class Control:
    """One named control: the value it would send now, and those it could send."""

    name: str
    kind: str
    value: str | None
    choices: list[str] = field(default_factory=list)
    required: bool = False


@dataclass
class Form:
    """One form: where it goes, and its controls in the order of the page."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def named(self, prefix: str) -> list[Control]:
        """The controls whose name starts with `prefix`."""
        return [control for control in self.controls if control.name.startswith(prefix)]

    def filled(self, **answers: str | Sequence[str]) -> dict[str, str | list[str]]:
        """What the browser sends when a person gives `answers`; raises KeyError for one the form does not ask."""
        sent: dict[str, str | list[str]] = {}
        for control in self.controls:
            if control.value is not None:
                sent.setdefault(control.name, control.value)
        asked = {control.name for control in self.controls}
        for name, answer in answers.items():
            if name not in asked:
                raise KeyError(f"the form {self.action} does not ask for {name}, but for {', '.join(sorted(asked))}")
            sent[name] = answer if isinstance(answer, str) else list(answer)
        return sent


def forms(page: str, *, at: str) -> list[Form]:
    """The forms of the HTML `page` that was fetched from the address `at`."""
    reader = _Reader(at)
    reader.feed(page)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self, at: str) -> None:
        super().__init__()
        self.at = at
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select: Control | None = None
        self._text: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            action = urljoin(self.at, given.get("action") or self.at)
            self._form = Form(action, (given.get("method") or "get").lower())
            self.found.append(self._form)
        elif self._form is not None and "disabled" not in given:
            self._control(self._form, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.value = (self._text.value or "") + data

    def _control(self, form: Form, tag: str, given: Attributes) -> None:
        name = given.get("name")
        if tag == "option" and self._select is not None:
            self._option(self._select, given)
        elif name and tag == "input":
            self._input(form, name, given)
        elif name and tag == "select":
            self._select = self._add(form, Control(name, "select", None, required="required" in given))
        elif name and tag == "textarea":
            self._text = self._add(form, Control(name, "textarea", "", required="required" in given))

    def _input(self, form: Form, name: str, given: Attributes) -> None:
        kind = (given.get("type") or "text").lower()
        if kind in ("submit", "button", "image", "reset", "file"):
            return
        if kind not in ("checkbox", "radio"):
            self._add(form, Control(name, kind, given.get("value") or "", required="required" in given))
            return
        value = given.get("value") or "on"
        same = next((each for each in form.controls if each.name == name and each.kind == kind), None)
        control = same or self._add(form, Control(name, kind, None, required="required" in given))
        control.choices.append(value)
        if "checked" in given:
            control.value = value

    @staticmethod
    def _option(select: Control, given: Attributes) -> None:
        value = given.get("value") or ""
        select.choices.append(value)
        if "selected" in given or select.value is None:
            select.value = value

    @staticmethod
    def _add(form: Form, control: Control) -> Control:
        form.controls.append(control)
        return control
