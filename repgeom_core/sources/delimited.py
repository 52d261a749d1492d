"""``.csv`` and ``.tsv``: delimiter found by the standard library, parsed by pyarrow."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from repgeom_core.errors import SourceError
from repgeom_core.sentences import reason
from repgeom_core.sources.arrow_columns import arrow_columns
from repgeom_core.sources.opened import OpenedSource
from repgeom_core.sources.text_cells import mostly_numbers

SAMPLE = 64 * 1024  # bytes looked at to find delimiter and header
HEAD_ROWS = 1000  # rows from which it is guessed what a column holds
OTHER_ENCODING = "(In Python: read_source(path, encoding='latin-1') and the like.)"
BLOCK = 8 * 1024 * 1024  # bytes parsed together; a row must fit into one
WIDER = {"int64": pa.float64(), "bool": pa.string(), "null": pa.string(), "double": pa.string()}


def open_delimited(
    path: Path, delimiter: str | None = None, header: bool | None = None, encoding: str = "utf8", apart: Sequence[str] = ()
) -> OpenedSource:
    """A table of text. Without ``header`` the columns are called ``f0``, ``f1``, ...

    Args:
        delimiter: one character; found in the first lines when None.
        header: whether the first line names the columns; when None, it does unless it holds a number.
        encoding: of the text.
        apart: columns that are not gathered into a vector.
    """
    start = _start(path, encoding)
    delimiter = delimiter or _delimiter(start, path)
    header = _has_header(start, delimiter) if header is None else header
    parse = _Parse(path, delimiter, header, encoding)
    if path.stat().st_size <= BLOCK:
        head = parse.table()
        n: int | None = head.num_rows
    else:
        head, n = parse.head(), None
    if not head.num_rows:
        raise SourceError(f"{path} has {'a header but no rows' if header else 'no rows'}; a data set needs at least two samples.")
    whole = cache(parse.table)
    words = [name for name in head.column_names if pa.types.is_string(head.schema.field(name).type)]
    # A few typos among numbers do not make a column of words: whoever reads it is told of them.
    numbers = [name for name in words if mostly_numbers(head[name].slice(0, HEAD_ROWS).to_pandas())]
    words = [name for name in words if name not in numbers]
    # Names that were made up here say nothing about what belongs together: text stays out of the vector.
    alone = [*apart, *([] if header else words)]
    first = head if numbers else head.slice(0, HEAD_ROWS)
    columns = arrow_columns(first, lambda names: whole().select(list(names)), n, path.parent, path.name, apart=alone, text_numbers=numbers)
    if not header and len(words) == 1:
        next(column for column in columns if column.name == words[0]).hint = "label"
    for column in columns:
        if column.name == "index":  # pandas writes its row numbers under an empty name
            column.hint = "ignore"
    return OpenedSource("delimited text", path.name, columns, n, tabular=True)


def _start(path: Path, encoding: str) -> str:
    with path.open("rb") as file:
        raw = file.read(SAMPLE)
    if not raw.strip():
        raise SourceError(f"{path} is empty; expected a table with one row per sample.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) and encoding == "utf8":
        raise SourceError(f"{path} is UTF-16 text; save it as UTF-8.", options=OTHER_ENCODING)
    try:
        # The last line may be cut in the middle of a character.
        return (raw if len(raw) < SAMPLE else raw[: raw.rfind(b"\n") + 1 or None]).decode(encoding).lstrip("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise SourceError(f"{path} cannot be decoded as {encoding} ({reason(error)}); save it as UTF-8.", options=OTHER_ENCODING) from None


def _delimiter(start: str, path: Path) -> str:
    expected = "\t" if path.suffix.lower() in (".tsv", ".tab") else ","
    if expected in start.partition("\n")[0]:
        return expected
    try:
        return csv.Sniffer().sniff(start, delimiters=",\t;|").delimiter
    except csv.Error:
        return expected  # a single column


def _has_header(start: str, delimiter: str) -> bool:
    """The first line names the columns unless it holds a number; 0, 1, 2, ... are names that pandas gives.

    (``csv.Sniffer.has_header`` sees no header over columns of plain text.)
    """
    cells = next(csv.reader(start.splitlines(), delimiter=delimiter))
    numbers = [cell for cell in cells if _is_number(cell)]
    return not numbers or (len(numbers) > 3 and numbers == [str(int(numbers[0] != "0") + k) for k in range(len(numbers))])


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


class _Parse:
    """How to read one file, and the ways in which that can fail."""

    def __init__(self, path: Path, delimiter: str, header: bool, encoding: str) -> None:
        self.path, self.delimiter, self.header, self.encoding = path, delimiter, header, encoding
        self.bad: list[pacsv.InvalidRow] = []

    def head(self) -> pa.Table:
        """The rows of the first block."""
        with self._failures_named(), pacsv.open_csv(self.path, **self._options({})) as reader:
            first = pa.Table.from_batches([reader.read_next_batch()])
        return self._checked(first)

    def table(self) -> pa.Table:
        """The whole table. A column that starts with whole numbers and goes on with fractions or text is read as those."""
        types: dict[str, pa.DataType] = {}
        while True:
            try:
                with self._failures_named():
                    return self._checked(pacsv.read_csv(self.path, **self._options(types)))
            except _WrongTypeError as error:
                name, was = error.args
                types[name] = WIDER.get(was, pa.string())

    def _options(self, types: dict[str, pa.DataType]) -> dict[str, object]:
        self.bad.clear()
        return {
            # One thread: only then does a row that does not fit know its line.
            "read_options": pacsv.ReadOptions(
                use_threads=False, block_size=BLOCK, autogenerate_column_names=not self.header, encoding=self.encoding
            ),
            "parse_options": pacsv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=self._skip),
            "convert_options": pacsv.ConvertOptions(column_types=types),
        }

    def _skip(self, row: pacsv.InvalidRow) -> str:
        self.bad.append(row)
        return "skip"

    def _checked(self, table: pa.Table) -> pa.Table:
        if self.bad:
            first = self.bad[0]
            line = f"line {first.number}" if first.number else f"the row {first.text[:60]!r}"
            raise SourceError(
                f"{self.path}: {line} has {first.actual_columns} fields where {first.expected_columns} were expected "
                f"({len(self.bad):,} such line{'s' if len(self.bad) > 1 else ''}; fields end at {self.delimiter!r}). Correct the file."
            )
        names = [name.strip() or "index" for name in table.column_names]
        repeated = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
        if repeated:
            raise SourceError(f"{self.path}: column names must be unique, but {repeated[0]!r} occurs more than once.")
        binary = [name for name, kind in zip(names, table.schema.types, strict=True) if pa.types.is_binary(kind)]
        if binary:
            raise SourceError(
                f"{self.path}: column {binary[0]!r} is not {self.encoding} text; save the file as UTF-8.", options=OTHER_ENCODING
            )
        return table.rename_columns(names)

    @contextmanager
    def _failures_named(self) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as error:
            raise SourceError(
                f"{self.path} is not {self.encoding} text ({reason(error)}); save it as UTF-8.", options=OTHER_ENCODING
            ) from None
        except pa.ArrowInvalid as error:
            misfit = re.search(r"In CSV column #(\d+): .*conversion error to (\w+)", str(error))
            if misfit is None:
                raise SourceError(f"{self.path} cannot be read as a table ({reason(error)}).") from None
            with pacsv.open_csv(self.path, **self._options({})) as reader:
                name = reader.schema.names[int(misfit[1])]
            raise _WrongTypeError(name, misfit[2]) from None


class _WrongTypeError(Exception):
    """(column, type): a value further down does not fit the type that the first rows had."""
