"""What only a whole row, or the store, can tell about rows whose cells all fit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from adapters.importing.convert import Bad
from adapters.importing.recognition import Recognition
from adapters.importing.redeemed import Redemptions
from adapters.importing.rows import Fitting, Good, RowReader, Rows, Wrong
from adapters.importing.sinks import normalised_address
from adapters.importing.targets import CONTACT, Target
from adapters.stores.facts_record import RecordFacts
from dsl.schema import Schema


def judge(
    good: Fitting,
    target: Target,
    schema: Schema,
    store: RecordFacts,
    found: Recognition,
    reader: RowReader,
    redemptions: Redemptions | None = None,
) -> tuple[Fitting, list[Wrong]]:
    """The rows that fit, and what is wrong with the others. `redemptions`: the rows name their contacts by a code."""
    match target.kind:
        case "event" if redemptions is not None:
            kept, wrong = redemptions.judge(good.goods(), reader)
        case "contacts":
            required = {f.name for f in schema.fields.values() if f.required} - {schema.key}
            if all(good.has(name) for name in required):
                return good, []
            kept, wrong = _known_or_whole(good.goods(), schema, store, required, reader)
        case "suppressions":
            kept, wrong = _reachable(good.goods(), schema, reader)
        case "consents":
            kept, wrong = _meant(good.goods(), schema, found, reader)
        case _:
            return good, []
    return Rows(kept), wrong


def _known_or_whole(
    good: Sequence[Good], schema: Schema, store: RecordFacts, required: Collection[str], reader: RowReader
) -> tuple[list[Good], list[Wrong]]:
    """A contact that is new must bring its required fields; one that is known keeps what it has."""
    new = store.unknown_contacts({str(r.values[schema.key]) for r in good})
    kept: list[Good] = []
    wrong: list[Wrong] = []
    for row in good:
        lacking = sorted(set(required) - row.values.keys())
        if lacking and row.values[schema.key] in new:
            detail = f"`{lacking[0]}` is missing, and required of a contact that is new"
            wrong.append(reader.wrong(row.row, lacking[0], "required value missing", detail))
        else:
            kept.append(row)
    return kept, wrong


def _meant(
    good: Sequence[Good], schema: Schema, found: Recognition, reader: RowReader
) -> tuple[list[Good], list[Wrong]]:
    """Who agrees says to what; who withdraws without saying it means everything. An empty state is neither."""
    told = any(c.filled.slot.name == "state" for c in found.columns)
    kept: list[Good] = []
    wrong: list[Wrong] = []
    for row in good:
        state = row.values.get("state")
        lacking = next((n for n in ("purpose", "channel") if row.values.get(n) is None), None)
        if told and state is None:
            lacking, detail = "state", "`state` is missing: write `granted` or `withdrawn`"
        elif lacking is not None and state != "withdrawn":
            detail = f"`{lacking}` is missing, and required where consent is granted"
        elif lacking is not None and not (schema.channels if lacking == "channel" else schema.purposes):
            detail = f"`{lacking}` is missing, and this project has none: name them in kadenz.yaml"
        else:
            kept.append(row)
            continue
        bad = reader.wrong(row.row, lacking, "required value missing", detail)
        wrong.append(replace(bad, values=row.values))
    return kept, wrong


def _reachable(good: Sequence[Good], schema: Schema, reader: RowReader) -> tuple[list[Good], list[Wrong]]:
    """A suppression names a contact or an address, and the address is kept as the contact's field normalises it."""
    kept: list[Good] = []
    wrong: list[Wrong] = []
    for row in good:
        address, channel = row.values.get("address"), row.values.get("channel")
        if address is None and row.values.get(CONTACT) is None:
            detail = "names neither a contact nor an address"
            wrong.append(reader.wrong(row.row, None, "required value missing", detail))
            continue
        if isinstance(address, str):
            done = normalised_address(schema, address, channel if isinstance(channel, str) else None)
            if isinstance(done, tuple):
                finding = Bad(*done)
                wrong.append(reader.wrong(row.row, "address", finding.reason, finding.detail))
                continue
            row = replace(row, values={**row.values, "address": done})  # noqa: PLW2901 - the same row, mended
        kept.append(row)
    return kept, wrong
