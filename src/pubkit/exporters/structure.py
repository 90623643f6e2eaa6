"""Structure elements go in; the structure tree of a PDF comes out as PDF objects (ISO 32000-1, 14.7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

__all__ = ["Annotation", "Content", "Element", "write"]

ROLES = {"Em": "Span", "Strong": "Span", "Sub": "Span", "Sup": "Span", "Aside": "Div"}
"""Our own types of elements, and the standard ones that they stand for (14.7.3)."""


class Content(NamedTuple):
    """Marked content: the page it is on (from 0), its identifier there, and the form that it is drawn in, if not on the page itself."""

    page: int
    mcid: int
    form: Any = None


class Annotation(NamedTuple):
    """An annotation that belongs to an element, and the page it is on (from 0)."""

    page: int
    dictionary: Any


class Element:
    """One structure element under construction: its type, what it holds in reading order, its attributes.

    ``source`` is the element of the markup that it stands for; None where the tree needs one that the markup has not.
    """

    __slots__ = ("attributes", "kids", "parent", "source", "type")

    def __init__(self, type: str, parent: Element | None, source: Any = None, at: int | None = None) -> None:
        self.type = type
        self.parent = parent
        self.source = source
        self.kids: list[Element | Content | Annotation] = []
        self.attributes: dict[str, Any] = {}
        if parent is not None:
            parent.kids.insert(len(parent.kids) if at is None else at, self)

    @property
    def elements(self) -> Iterator[Element]:
        """The elements right below."""
        return (kid for kid in self.kids if isinstance(kid, Element))

    def last(self) -> Element | None:
        """What was added last, if that is an element."""
        return self.kids[-1] if self.kids and isinstance(self.kids[-1], Element) else None

    def move(self, parent: Element, at: int) -> None:
        """Take the element from where it is and put it before ``parent``'s kid ``at``."""
        if self.parent is not None:
            self.parent.kids.remove(self)
        parent.kids.insert(at, self)
        self.parent = parent

    def dissolve(self) -> None:
        """Leave the tree, with what it holds in its place."""
        assert self.parent is not None
        at = self.parent.kids.index(self)
        self.parent.kids[at : at + 1] = self.kids
        for kid in self.elements:
            kid.parent = self.parent

    def prune(self, keep: frozenset[str]) -> None:
        """Drop every element below that holds nothing, but for the types to keep."""
        for kid in list(self.elements):
            kid.prune(keep)
            if not kid.kids and kid.type not in keep:
                self.kids.remove(kid)


def write(pdf: Any, root: Element) -> None:
    """Add the tree to a pydyf ``PDF``: structure elements, parent tree, identifiers and roles, and mark the file as tagged."""
    import pydyf

    work = _Writer(pdf)
    top = pydyf.Dictionary({"Type": "/StructTreeRoot"})
    pdf.add_object(top)
    top["K"] = work.element(root, top).reference
    tree, after = work.parents()
    top.update({"ParentTree": tree, "ParentTreeNextKey": after})
    if work.roles:
        top["RoleMap"] = pydyf.Dictionary({role: f"/{ROLES[role]}" for role in sorted(work.roles)})
    if work.ids:
        names = (part for name in sorted(work.ids) for part in (pydyf.String(name), work.ids[name]))
        top["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(names)})
    pdf.catalog["StructTreeRoot"] = top.reference
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})


class _Writer:
    def __init__(self, pdf: Any) -> None:
        self.pdf = pdf
        self.pages = pdf.page_references
        self.roles: set[str] = set()
        self.ids: dict[str, Any] = {}
        self.on_page: dict[int, dict[int, Any]] = {}
        self.in_form: dict[int, tuple[Any, dict[int, Any]]] = {}
        self.annotations: list[tuple[Any, Any]] = []

    def element(self, node: Element, parent: Any) -> Any:
        """The dictionary of an element (14.7.2, table 323) and of all below it."""
        import pydyf

        own = pydyf.Dictionary({"S": f"/{node.type}", "P": parent.reference})
        self.pdf.add_object(own)
        if node.type in ROLES:
            self.roles.add(node.type)
        for key, value in node.attributes.items():
            own[key] = pydyf.String(value) if isinstance(value, str) else value
        if "ID" in own:
            self.ids[node.attributes["ID"]] = own.reference
        home = next((kid.page for kid in node.kids if isinstance(kid, Content)), None)
        if home is not None:
            own["Pg"] = self.pages[home]
        kids = pydyf.Array(self.kid(kid, own, home) for kid in node.kids)
        if kids:
            own["K"] = kids[0] if len(kids) == 1 else kids
        return own

    def kid(self, kid: Element | Content | Annotation, own: Any, home: int | None) -> Any:
        import pydyf

        if isinstance(kid, Element):
            return self.element(kid, own).reference
        if isinstance(kid, Annotation):
            self.annotations.append((kid.dictionary, own))
            return pydyf.Dictionary({"Type": "/OBJR", "Obj": kid.dictionary.reference, "Pg": self.pages[kid.page]})
        if kid.form is not None:
            self.in_form.setdefault(id(kid.form), (kid.form, {}))[1][kid.mcid] = own
            return pydyf.Dictionary({"Type": "/MCR", "Pg": self.pages[kid.page], "Stm": kid.form.reference, "MCID": kid.mcid})
        self.on_page.setdefault(kid.page, {})[kid.mcid] = own
        if kid.page == home:
            return kid.mcid
        return pydyf.Dictionary({"Type": "/MCR", "Pg": self.pages[kid.page], "MCID": kid.mcid})

    def parents(self) -> tuple[Any, int]:
        """The reference of the parent tree (14.7.4.4), and the first key that it leaves free."""
        import pydyf

        numbers, key = pydyf.Array(), len(self.pages)
        for page, reference in enumerate(self.pages):
            dictionary = self.pdf.objects[int(reference.split()[0])]
            dictionary["Tabs"] = "/S"
            if page in self.on_page:
                dictionary["StructParents"] = page
                numbers.extend((page, _owners(self.on_page[page])))
        for form, owners in self.in_form.values():
            form.extra["StructParents"] = key
            numbers.extend((key, _owners(owners)))
            key += 1
        for annotation, owner in self.annotations:
            annotation["StructParent"] = key
            numbers.extend((key, owner.reference))
            key += 1
        tree = pydyf.Dictionary({"Nums": numbers})
        self.pdf.add_object(tree)
        return tree.reference, key


def _owners(owners: dict[int, Any]) -> Any:
    import pydyf

    return pydyf.Array(owners[n].reference if n in owners else b"null" for n in range(max(owners) + 1))
