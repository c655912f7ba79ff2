"""The gate that every template passes before it is compiled: an allow-list of tokens, then of nodes of the tree.

Templates come from pull requests that nobody has read. They show values (`{{ contact.first_name | default("you") }}`)
and choose between texts (`{% if contact.plan == "plus" %}`); they call nothing, reckon nothing and read nothing else.
What passes is rewritten: each value becomes a plain variable, so that the compiled code has no attribute access at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.parser import Parser

from adapters.suggest import advice
from adapters.template_pieces import ROOTS, UNSUBSCRIBE, Choice, Letters, Occurrence, Piece, Refusal, Shown, Use
from adapters.template_tokens import CLOSING, GatedEnvironment, Stop, near, stop

MAX_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class Passed:
    """A template that may be compiled. `variables`: the value behind each variable of the rewritten tree."""

    tree: nodes.Template
    pieces: tuple[Piece, ...]
    occurrences: tuple[Occurrence, ...]
    variables: Mapping[str, Use]


FILTERS: Mapping[str, tuple[int, int]] = {
    "default": (1, 1),
    "upper": (0, 0),
    "lower": (0, 0),
    "date": (0, 1),
    "money": (0, 0),
    "url": (0, 0),
}
"""The filters there are, with the least and greatest number of constants they take."""

DATE_FORMS = ("short", "long")


@dataclass(slots=True)
class _Gate:
    source: str
    occurrences: list[Occurrence] = field(default_factory=list)
    variables: dict[Use, str] = field(default_factory=dict)

    def refuse(self, node: nodes.Node, *help_: str, what: str = "") -> Stop:
        word = _WORDS.get(type(node).__name__, "this")
        start = node.lineno or 0
        end = _word_end(self.source, start)
        return stop("K0922", what or f"{word} has no place in templates", start, end, *(help_ or (_ALLOWED,)))

    def bare(self, node: nodes.Name, form: str) -> Stop:
        """The refusal of a name that stands alone; `form` shows how a value stands here: `{{% if {} %}}`."""
        name, end = node.name, node.lineno + len(node.name)
        example = {"offer": "code", "contact": "first_name"}.get(name, "NAME")
        if name in ROOTS:
            says = f"say which value: `{form.format(f'{name}.{example}')}`"
            return stop("K0922", f"`{name}` alone is no value", node.lineno, end, says)
        help_ = near(name, ROOTS, f"a field of the contact is written `{form.format(f'contact.{name}')}`")
        return stop("K0922", "a name without `contact.` has no place in templates", node.lineno, end, *help_)

    def variable(self, use: Use, node: nodes.Node) -> nodes.Expr:
        name = self.variables.setdefault(use, f"v{len(self.variables)}")
        return nodes.Name(name, "load", lineno=node.lineno)

    # -------- statements

    def body(self, items: list[nodes.Node], known: frozenset[Use]) -> tuple[list[nodes.Node], tuple[Piece, ...]]:
        made: list[nodes.Node] = []
        pieces: list[Piece] = []
        for item in items:
            match item:
                case nodes.Output():
                    output, shown = self.output(item, known)
                    made.append(output)
                    pieces.extend(shown)
                case nodes.If():
                    choice, piece = self.choice(item, known)
                    made.append(choice)
                    pieces.append(piece)
                case _:
                    raise self.refuse(item)
        return made, tuple(pieces)

    def choice(self, item: nodes.If, known: frozenset[Use]) -> tuple[nodes.If, Choice]:
        branches: list[tuple[Piece, ...]] = []
        made: list[nodes.If] = []
        for part in (item, *item.elif_):
            if not isinstance(part, nodes.If):
                raise self.refuse(part)
            test = self.test(part.test)
            inside, pieces = self.body(part.body, known | self.known_if(part.test, True))
            known = known | self.known_if(part.test, False)
            branches.append(pieces)
            made.append(nodes.If(test, inside, [], [], lineno=part.lineno))
        rest, pieces = self.body(item.else_, known)
        branches.append(pieces)
        first = made[0]
        return nodes.If(first.test, first.body, made[1:], rest, lineno=item.lineno), Choice(
            tuple(branches), item.lineno
        )

    def output(self, item: nodes.Output, known: frozenset[Use]) -> tuple[nodes.Output, list[Piece]]:
        made: list[nodes.Expr] = []
        pieces: list[Piece] = []
        for part in item.nodes:
            if isinstance(part, nodes.TemplateData):
                made.append(nodes.TemplateData(part.data, lineno=part.lineno))
                pieces.append(Letters(part.data, part.lineno))
                continue
            expression, occurrence = self.shown(part, known)
            made.append(expression)
            start = occurrence.start if occurrence else part.lineno
            end = occurrence.end if occurrence else _word_end(self.source, part.lineno)
            pieces.append(Shown(occurrence, start, end))
        return nodes.Output(made, lineno=item.lineno), pieces

    # -------- printed values

    def shown(self, part: nodes.Node, known: frozenset[Use]) -> tuple[nodes.Expr, Occurrence | None]:
        chain: list[nodes.Filter] = []
        inner: nodes.Node | None = part
        while isinstance(inner, nodes.Filter):
            self.check_filter(inner)
            chain.insert(0, inner)
            inner = inner.node
        if isinstance(inner, nodes.Const) and isinstance(inner.value, str):
            found: Occurrence | None = None
            made: nodes.Expr = nodes.Const(inner.value, lineno=inner.lineno)
        elif isinstance(inner, nodes.Getattr):
            names = [f.name for f in chain]
            form = next((self.form(f) for f in chain if f.name in ("date", "money")), "")
            use, start, end = self.value(inner, form)
            safe = "default" in names or any((u.root, u.name) == (use.root, use.name) for u in known)
            found = Occurrence(
                use, start, end, shown=True, safe=safe, url=names[-1:] == ["url"] or names[-2:] == ["url", "default"]
            )
            self.occurrences.append(found)
            made = self.variable(use, inner)
        elif isinstance(inner, nodes.Name) and inner.name == UNSUBSCRIBE:
            names = [f.name for f in chain]
            if changing := [f for f in chain if f.name not in ("default", "url")]:
                at, word = changing[0].lineno, changing[0].name
                raise stop("K0922", f"`{word}` would break the link", at, at + len(word), "show it as it is")
            use, end = Use("unsubscribe", ""), inner.lineno + len(UNSUBSCRIBE)
            safe = "default" in names or use in known
            # an address of ours, so it may stand in a link as it is
            found = Occurrence(use, inner.lineno, end, shown=True, safe=safe, url=True)
            self.occurrences.append(found)
            made = self.variable(use, inner)
        elif isinstance(inner, nodes.Name):
            raise self.bare(inner, "{{{{ {} }}}}")
        elif isinstance(inner, nodes.Or):
            raise self.refuse(
                inner, 'write `| default("..")` for what may be missing', what="`or` chooses no value here"
            )
        else:
            raise self.refuse(inner or part)
        for one in chain:
            if one.name not in ("date", "money"):
                arguments: list[nodes.Expr] = [nodes.Const(_constant(a), lineno=a.lineno) for a in one.args]
                made = nodes.Filter(made, one.name, arguments, [], None, None, lineno=one.lineno)
        return made, found

    def check_filter(self, node: nodes.Filter) -> None:
        at, end = node.lineno, _word_end(self.source, node.lineno)
        if node.name not in FILTERS:
            raise stop(
                "K0922", f"`{node.name}` is no filter of templates", at, end, *advice(node.name, FILTERS, "filters")
            )
        least, most = FILTERS[node.name]
        plain = all(isinstance(a, nodes.Const) and isinstance(a.value, str) for a in node.args)
        if node.kwargs or node.dyn_args or node.dyn_kwargs or not plain or not least <= len(node.args) <= most:
            text = 'write `| default("you")`' if node.name == "default" else f"write `| {node.name}`"
            raise stop("K0922", f"`{node.name}` does not take this", at, end, text)

    def form(self, node: nodes.Filter) -> str:
        if not node.args:
            return node.name
        style = str(_constant(node.args[0]))
        if style not in DATE_FORMS:
            start = node.args[0].lineno
            raise stop(
                "K0922",
                f"`{style}` is no form of `date`",
                start,
                start + len(style) + 2,
                *advice(style, DATE_FORMS, "forms"),
            )
        return "date" if style == "short" else "date long"

    def value(self, node: nodes.Getattr, form: str = "") -> tuple[Use, int, int]:
        inner = node.node
        if not isinstance(inner, nodes.Name):
            raise self.refuse(node, "a value is `contact.NAME`, `event.NAME` or `offer.NAME`")
        found = re.compile(r"\.\s*(\w+)").match(self.source, node.lineno)
        end = found.end() if found else node.lineno + 1
        root = next((r for r in ROOTS if r == inner.name), None)
        if root is None:
            help_ = near(inner.name, ROOTS, "a value is `contact.NAME`, `event.NAME` or `offer.NAME`")
            raise stop(
                "K0922", f"`{inner.name}` is not known here", inner.lineno, inner.lineno + len(inner.name), *help_
            )
        if node.attr.startswith("_"):
            raise stop("K0922", f"`{node.attr}` is no field: names do not begin with an underscore", inner.lineno, end)
        return Use(root, node.attr, form), inner.lineno, end

    # -------- conditions

    def test(self, node: nodes.Node) -> nodes.Expr:
        match node:
            case nodes.And():
                return nodes.And(self.test(node.left), self.test(node.right), lineno=node.lineno)
            case nodes.Or():
                return nodes.Or(self.test(node.left), self.test(node.right), lineno=node.lineno)
            case nodes.Not():
                return nodes.Not(self.test(node.node), lineno=node.lineno)
            case nodes.Getattr():
                return self.tested(node)
            case nodes.Name() if node.name == UNSUBSCRIBE:
                use = Use("unsubscribe", "")
                end = node.lineno + len(UNSUBSCRIBE)
                self.occurrences.append(Occurrence(use, node.lineno, end, shown=False, safe=True))
                return self.variable(use, node)
            case nodes.Name() | nodes.Test(node=nodes.Name()):
                name = node if isinstance(node, nodes.Name) else node.node
                assert isinstance(name, nodes.Name)
                raise self.bare(name, "{{% if {} %}}")
            case nodes.Test(name="known", args=[], kwargs=[], dyn_args=None, dyn_kwargs=None):
                if not isinstance(node.node, nodes.Getattr):
                    raise self.refuse(node.node)
                return nodes.Test(self.tested(node.node), "known", [], [], None, None, lineno=node.lineno)
            case nodes.Compare():
                return self.compare(node)
            case _:
                raise self.refuse(node)

    def tested(
        self, node: nodes.Getattr, compared: tuple[str | int | bool, ...] = (), *, ordered: bool = False
    ) -> nodes.Expr:
        use, start, end = self.value(node)
        self.occurrences.append(Occurrence(use, start, end, shown=False, safe=True, compared=compared, ordered=ordered))
        return self.variable(use, node)

    def compare(self, node: nodes.Compare) -> nodes.Expr:
        help_ = 'compare a value with a constant: `contact.country == "CH"`'
        if isinstance(node.expr, nodes.Name):
            raise self.bare(node.expr, "{}")
        if not isinstance(node.expr, nodes.Getattr) or len(node.ops) != 1:
            raise self.refuse(node, help_)
        operand = node.ops[0]
        if operand.op in ("in", "notin"):
            if not isinstance(operand.expr, nodes.List | nodes.Tuple) or not operand.expr.items:
                raise self.refuse(
                    node, 'write `contact.country in ["CH", "LI"]`', what="`in` wants a list of constants"
                )
            constants = [self.constant(item, help_) for item in operand.expr.items]
            right: nodes.Expr = nodes.List([nodes.Const(c) for c in constants], lineno=node.lineno)
        else:
            constants = [self.constant(operand.expr, help_)]
            right = nodes.Const(constants[0], lineno=node.lineno)
        ordered = operand.op in ("lt", "lteq", "gt", "gteq")
        left = self.tested(node.expr, tuple(constants), ordered=ordered)
        return nodes.Compare(left, [nodes.Operand(operand.op, right, lineno=node.lineno)], lineno=node.lineno)

    def constant(self, node: nodes.Node, help_: str) -> str | int | bool:
        negative = isinstance(node, nodes.Neg)
        inner = node.node if isinstance(node, nodes.Neg) else node
        if not isinstance(inner, nodes.Const) or not isinstance(inner.value, str | int):
            raise self.refuse(node, help_)
        value: str | int | bool = inner.value
        if not negative:
            return value
        if isinstance(value, str | bool):
            raise self.refuse(node, help_)
        return -value

    def known_if(self, node: nodes.Node, truth: bool) -> frozenset[Use]:
        """The values that are surely known where the condition holds (`truth`), or where it does not."""
        none: frozenset[Use] = frozenset()
        match node:
            case nodes.Not():
                return self.known_if(node.node, not truth)
            case nodes.And() | nodes.Or():
                left, right = self.known_if(node.left, truth), self.known_if(node.right, truth)
                return left | right if isinstance(node, nodes.And) is truth else left & right
            case nodes.Getattr() | nodes.Test(node=nodes.Getattr()):
                value = node if isinstance(node, nodes.Getattr) else node.node
                return frozenset({self.value(value)[0]}) if truth and isinstance(value, nodes.Getattr) else none
            case nodes.Name() if node.name == UNSUBSCRIBE:
                return frozenset({Use("unsubscribe", "")}) if truth else none
            case nodes.Compare(expr=nodes.Getattr() as value, ops=[nodes.Operand(op=op)]):
                positive = op not in ("ne", "notin")
                return frozenset({self.value(value)[0]}) if positive is truth else none
            case _:
                return none


def _constant(node: nodes.Node) -> Any:
    assert isinstance(node, nodes.Const)
    return node.value


def _word_end(source: str, at: int) -> int:
    found = re.compile(r"\w+|\S").match(source, at)
    return found.end() if found else at + 1


_ALLOWED = "templates show values, choose with `if` and use the filters " + ", ".join(f"`{f}`" for f in FILTERS)
_WORDS = {
    "Call": "a call",
    "Getitem": "an index in brackets",
    "Add": "arithmetic",
    "Sub": "arithmetic",
    "Mul": "arithmetic",
    "Div": "arithmetic",
    "FloorDiv": "arithmetic",
    "Mod": "arithmetic",
    "Pow": "arithmetic",
    "Neg": "arithmetic",
    "Pos": "arithmetic",
    "Concat": "joining text with `~`",
    "CondExpr": "a condition inside a value",
    "List": "a list",
    "Tuple": "a list",
    "Dict": "a table",
    "Name": "a name without `contact.`",
    "Const": "a bare constant",
    "Test": "this test",
    "Filter": "a filter",
}


def pass_gate(environment: GatedEnvironment, text: str) -> Passed | Refusal:
    """Parse a template text and let it pass, rewritten, or say why not. Nothing is compiled or evaluated here."""
    if len(text) > MAX_CHARACTERS:
        return Refusal("K0922", f"a template is at most {MAX_CHARACTERS} characters long", 0, 1)
    gate = _Gate(text)
    try:
        tree = Parser(environment, text).parse()
        body, pieces = gate.body(tree.body, frozenset())
    except Stop as stopped:
        return stopped.refusal
    except TemplateSyntaxError as error:
        # line numbers are offsets here
        at = min(max(error.lineno, 0), max(len(text) - 1, 0))
        return Refusal("K0921", "this cannot be read", at, _word_end(text, at), (CLOSING,))
    made = nodes.Template(body, lineno=1)
    made.set_environment(environment)
    names = {name: use for use, name in gate.variables.items()}
    return Passed(made, pieces, tuple(gate.occurrences), names)
