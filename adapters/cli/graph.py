"""`kadenz graph [NAME]`: what reads what, as Mermaid or as a page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from adapters.cli.common import CLEAN, ProjectOption, bad_input, note, open_workspace

if TYPE_CHECKING:
    from engine.graph import Graph, Key


def command(
    name: Annotated[
        str | None,
        typer.Argument(
            help="a block, field, event type or channel: what it reads and what depends on it; without a name "
            "everything (`segment NAME` where a name means more than one thing)"
        ),
    ] = None,
    project: ProjectOption = Path(),
    format: Annotated[Literal["mermaid", "html"], typer.Option("--format", help="text, or one page")] = "mermaid",
    out: Annotated[Path | None, typer.Option("--out", help="write to this file", metavar="FILE")] = None,
    depth: Annotated[
        int | None, typer.Option("--depth", min=0, help="with NAME: over so many steps each way (all without it)")
    ] = None,
) -> int:
    """Draw what reads what: data, leaves, definitions, scores, triggers, limits, channels."""
    from engine.graph import around, graph_of, titles_of

    if name is None and depth is not None:
        raise bad_input("`--depth` counts steps from a NAME; name a block")
    workspace = open_workspace(project)
    graph = graph_of(workspace.plan, titles_of(workspace.model))
    if name is not None:
        graph = around(graph, _chosen(graph, name), depth)
    title = f"{project.resolve().name}: {'what reads what' if name is None else name}"
    text = _drawn(graph, format, title)
    if out is None:
        sys.stdout.write(text)
        return CLEAN
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise bad_input(f"`{out}` cannot be written: {error.strerror}") from error
    note(f"kadenz: {len(graph.nodes)} boxes and {len(graph.edges)} lines in {out}")
    return CLEAN


def _chosen(graph: Graph, name: str) -> tuple[Key, ...]:
    """The node of a name; Stop(3) where there is none, or more than one."""
    from dsl.names import nearest

    found = graph.called(name)
    if not found:
        close = nearest(name, (key[1] for key in graph.nodes if key[0] != "leaf"))
        raise bad_input(f"nothing is called `{name}`" + (f"; did you mean `{close}`?" if close else ""))
    if len(found) > 1:
        told = " or ".join(f'"{kind} {held}"' for kind, held in found)
        raise bad_input(f"`{name}` is more than one thing: write {told}")
    return found


def _drawn(graph: Graph, format: Literal["mermaid", "html"], title: str) -> str:
    if format == "html":
        from adapters.graph_page import page

        return page(graph, title)
    from adapters.graph_mermaid import mermaid

    return mermaid(graph)
