"""A PDF's structure tree, read back with pikepdf: what a screen reader is told, element by element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf


class Node:
    """One structure element: its standard and own type, attributes, and what it holds in order: nodes, texts and annotations."""

    def __init__(self, obj: Any, type: str, own: str) -> None:
        self.obj = obj
        self.type = type
        self.own = own
        self.kids: list[Node | str | Any] = []
        self.pages: set[int] = set()

    @property
    def nodes(self) -> list[Node]:
        """The elements right below."""
        return [kid for kid in self.kids if isinstance(kid, Node)]

    @property
    def text(self) -> str:
        """The text of the element and of all below it, in order; what it says of itself stands for what it holds (14.9.4)."""
        if "/ActualText" in self.obj:
            return str(self.obj["/ActualText"])
        return "".join(kid.text if isinstance(kid, Node) else kid if isinstance(kid, str) else "" for kid in self.kids)

    @property
    def links(self) -> list[Any]:
        """The annotations that belong to the element itself."""
        return [kid for kid in self.kids if not isinstance(kid, (Node, str))]

    def get(self, key: str, default: str = "") -> str:
        """An entry of the element's dictionary, as text."""
        return str(self.obj[key]) if key in self.obj else default

    def attribute(self, key: str) -> Any:
        """An attribute of the element (``/A``)."""
        held = self.obj.get("/A")
        owners = list(held) if isinstance(held, pikepdf.Array) else [held] if held is not None else []
        return next((owner[key] for owner in owners if key in owner), None)

    def all(self, *types: str) -> Iterator[Node]:
        """Every element of these types at or below, in order; without types every element."""
        if not types or self.type in types:
            yield self
        for kid in self.nodes:
            yield from kid.all(*types)

    def one(self, type: str) -> Node:
        """The one element of a type."""
        (found,) = self.all(type)
        return found

    def outline(self, depth: int = 0) -> str:
        """The tree as indented lines, for a person."""
        lines = "  " * depth + self.type + "\n"
        if "/ActualText" in self.obj:
            return lines + "  " * (depth + 1) + repr(self.text) + "\n"
        for kid in self.kids:
            leaf = repr(kid) if isinstance(kid, str) else "*"
            lines += kid.outline(depth + 1) if isinstance(kid, Node) else "  " * (depth + 1) + leaf + "\n"
        return lines


class Tagged:
    """The tree of a file, the texts of its artifacts by page, and what is wrong: content that no element owns."""

    def __init__(self, source: Path | Any) -> None:
        self.pdf = pikepdf.open(source)
        root = self.pdf.Root.StructTreeRoot
        self.roles = {str(key): str(value) for key, value in root.get("/RoleMap", {}).items()}
        self.content: dict[tuple[int, int], str] = {}
        self.artifacts: list[list[tuple[dict[str, Any], str]]] = []
        self.fonts: dict[Any, tuple[int, dict[int, str]]] = {}
        self.numbers = {page.objgen: number for number, page in enumerate(self.pdf.pages)}
        self.forms: dict[Any, dict[int, str]] = {}
        for number, page in enumerate(self.pdf.pages):
            found, artifacts = self.read(page, page.get("/Resources"))
            self.content |= {(number, mcid): text for mcid, text in found.items()}
            self.artifacts.append(artifacts)
        self.owned: set[Any] = set()
        self.document = self.node(root.K)
        self.unowned = {key: text for key, text in self.content.items() if key not in self.owned}

    def node(self, obj: Any) -> Node:
        """The element of a dictionary, with all below it."""
        own = str(obj.S)
        made = Node(obj, self.roles.get(own, own).lstrip("/"), own.lstrip("/"))
        kids = obj.get("/K", pikepdf.Array())
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                made.kids.append(self.marked(made, obj.Pg, kid))
            elif kid.get("/Type") == "/MCR" and "/Stm" in kid:
                made.kids.append(self.formed(kid.Stm, int(kid.MCID)))
            elif kid.get("/Type") == "/MCR":
                made.kids.append(self.marked(made, kid.Pg, int(kid.MCID)))
            elif kid.get("/Type") == "/OBJR":
                made.kids.append(kid.Obj)
            else:
                made.kids.append(self.node(kid))
                made.pages |= made.kids[-1].pages
        return made

    def marked(self, node: Node, page: Any, mcid: int) -> str:
        number = self.numbers[page.objgen]
        node.pages.add(number)
        assert (number, mcid) not in self.owned, "two elements own the same content"
        self.owned.add((number, mcid))
        return self.content[number, mcid]

    def formed(self, form: Any, mcid: int) -> str:
        if form.objgen not in self.forms:
            self.forms[form.objgen], _ = self.read(form, form.Resources)
        return self.forms[form.objgen][mcid]

    def read(self, stream: Any, resources: Any) -> tuple[dict[int, str], list[tuple[dict[str, Any], str]]]:
        """Marked content and artifacts of a content stream."""
        found: dict[int, str] = {}
        artifacts: list[tuple[dict[str, Any], str]] = []
        stack: list[tuple[str, Any, list[str]]] = []
        font: Any = None
        for operands, operator in pikepdf.parse_content_stream(stream):
            name = str(operator)
            if name in ("BDC", "BMC"):
                properties = operands[1] if len(operands) > 1 else {}
                stack.append((str(operands[0]), properties, []))
            elif name == "EMC":
                tag, properties, parts = stack.pop()
                text = str(properties["/ActualText"]) if "/ActualText" in properties else "".join(parts)
                if tag == "/Artifact":
                    artifacts.append(({str(k): v for k, v in properties.items()}, text))
                elif "/MCID" in properties:
                    found[int(properties["/MCID"])] = text
                elif stack:
                    stack[-1][2].append(text)
            elif name == "Tf":
                font = self.font(resources.Font[str(operands[0])])
            elif name in ("Tj", "TJ") and stack:
                for part in operands[0] if name == "TJ" else operands:
                    if isinstance(part, pikepdf.String):
                        stack[-1][2].append(self.decoded(bytes(part), font))
        return found, artifacts

    def decoded(self, data: bytes, font: tuple[int, dict[int, str]]) -> str:
        size, texts = font
        return "".join(texts.get(int.from_bytes(data[i : i + size], "big"), "\ufffd") for i in range(0, len(data), size))

    def font(self, font: Any) -> tuple[int, dict[int, str]]:
        """The bytes of a code and the text of each, from a font's ToUnicode map."""
        if font.objgen not in self.fonts:
            data = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
            pairs = re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", "".join(re.findall(r"beginbfchar(.*?)endbfchar", data, re.DOTALL)))
            size = 2 if str(font.Subtype) == "/Type0" else 1
            self.fonts[font.objgen] = size, {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}
        return self.fonts[font.objgen]
