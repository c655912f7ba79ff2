"""Make the LALR tables of the grammar anew (`make tables`), after a change of `dsl/grammar.lark`."""

from __future__ import annotations

from dsl.tables import FOLDER, grammar, made, packed, place


def main() -> None:
    """Write the tables of the grammar as it stands, and remove those of other grammars."""
    path = place(grammar())
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json.z"):
        if old != path:
            old.unlink()
    path.write_bytes(packed(made(grammar())))
    print(f"dsl/grammar_tables/{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
