"""Opens a file as a source: by what its first bytes say, then by its ending."""

from __future__ import annotations

from pathlib import Path

from adapters.sources.binary import no_table
from adapters.sources.cells import Source, SourceError, one_line
from adapters.sources.csv_file import CsvFile
from adapters.sources.jsonl_file import JsonLinesFile
from adapters.sources.parquet_file import MAGIC, ParquetFile
from adapters.sources.raw import RawFile
from adapters.sources.xlsx_file import XlsxFile


def open_source(
    path: Path,
    *,
    name: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Source:
    """The file as rows with named columns. `name`: how the quarantine remembers it (default: the path as given).

    Raises SourceError if it cannot be read: missing, empty, or no table at all.
    """
    name = one_line(name or path.as_posix())
    if path.is_dir():
        return ParquetFile(path, name)
    raw = RawFile(path, name)
    start = raw.start()
    if not start.strip():
        raise SourceError(f"`{name}` is empty")
    if start.startswith(MAGIC):
        return ParquetFile(path, name)
    if raw.kind == ".parquet":
        raise SourceError(f"`{name}` is damaged, or no Parquet: it does not begin with `{MAGIC.decode()}`")
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return XlsxFile(path, name, sheet=sheet)
    if encoding is None and (kind := no_table(start)) is not None:
        raise SourceError(f"`{name}` is not a table but {kind}")
    if raw.kind in {".jsonl", ".ndjson", ".json"} or start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return JsonLinesFile(path, name)
    return CsvFile(path, name, encoding=encoding, delimiter=delimiter)
