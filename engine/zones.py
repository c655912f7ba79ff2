"""Time zones from one pinned database (the `tzdata` package, never the machine's), and the zone of a contact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """All names that the pinned database knows."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of that name. Raises KeyError for a name that the database does not have."""
    if name not in zone_names():
        raise KeyError(name)
    resource = files("tzdata").joinpath("zoneinfo", *name.split("/"))
    with resource.open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


@lru_cache(maxsize=1)
def country_zones() -> Mapping[str, tuple[str, ...]]:
    """ISO 3166 code -> the zones of the country, by name in code point order (from the database's zone.tab)."""
    found: dict[str, list[str]] = defaultdict(list)
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            code, _, name, *_ = line.split("\t")
            found[code].append(name)
    return {code: tuple(sorted(names)) for code, names in found.items()}


@dataclass(frozen=True, slots=True)
class ContactZones:
    """The zones a contact may live in. A time window is open only when it is open in `all`; dates, local days and
    ages are reckoned in `reckoning`. `invalid` is the zone value that no database knows, a data finding."""

    all: tuple[str, ...]
    reckoning: str
    invalid: str | None = None


@lru_cache(maxsize=65_536)
def contact_zones(own: str | None, country: str | None, project: str) -> ContactZones:
    """LANGUAGE.md §4, Zone of a contact: its own valid zone; else its country's zones; else the project's."""
    if own is not None and own in zone_names():
        return ContactZones((own,), own)
    names = country_zones().get(country, ()) if country is not None else ()
    if not names:
        return ContactZones((project,), project, own)
    return ContactZones(names, project if project in names else names[0], own)
