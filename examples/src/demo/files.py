"""The two files a replay reads: the mapping and the table."""

from pathlib import Path

from . import mapping, tickets
from .mapping import Mapping, MappingError
from .tickets import Table, TableError


def load_mapping(path: Path) -> Mapping:
    """Return the mapping in a file. Raises MappingError, naming the key at fault."""
    try:
        return mapping.parse(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        raise MappingError(f"The mapping {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise MappingError(f"The mapping {path} is not UTF-8.") from error


def load_table(path: Path, how: Mapping) -> Table:
    """Return the tickets in a file. Raises MappingError, TableError."""
    encoding = "utf-8-sig" if how.encoding.lower() in {"utf-8", "utf8"} else how.encoding
    try:
        with path.open(encoding=encoding, newline="") as file:
            table = tickets.read(file, how)
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeError, LookupError) as error:
        raise TableError(f"{path} is not {how.encoding}: set `encoding` in the mapping ({error}).") from error
    if not table.rows:
        raise TableError(f"{path} holds no row.")
    return table
