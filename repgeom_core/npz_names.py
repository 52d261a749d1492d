"""Names of arrays as members of a ``.npz``: an archive that is unpacked must not write outside its folder.

What could lead outside (``..``, an absolute path, a backslash) is percent-encoded, and so is every name with a percent sign: thus
different names stay different, and reading gives them back.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote, unquote


def member_name(name: str) -> str:
    """The array's name as that of a member, without its suffix."""
    path = PurePosixPath(name)
    parts = name.split("/")
    plain = not path.is_absolute() and not {"", ".", ".."} & set(parts) and name.isprintable() and not set("%\\:") & set(name)
    return name if plain else quote(name, safe=" _-+=#@()[],").replace(".", "%2E")


def array_name(member: str) -> str:
    """The name that :func:`member_name` made ``member`` of; any other member is called as it is."""
    name = unquote(member)
    return name if member_name(name) == member else member
