"""The one owner of the current selection: every view writes through it, so every view can be undone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from repgeom_core.errors import SelectionError
from repgeom_core.selection import saved
from repgeom_core.selection.mask import Mask, Selection

if TYPE_CHECKING:
    from repgeom_core.bundle import Bundle

LIMIT = 100


class SelectionHistory:
    """The current selection over ``n`` samples, the way to it and back, and the selections that have a name.

    Only a change of the set is an entry: writing the same samples again keeps history, redo and writer as they are.
    ``limit`` is how many changes can be undone; beyond it the oldest are forgotten (100 changes of 1,000,000 rows take 12.5 MB).
    Names are kept in memory until :meth:`save`.
    """

    def __init__(self, n: int, ids_digest: str, limit: int = LIMIT) -> None:
        if limit < 1:
            raise SelectionError(f"A history remembers at least 1 change, got a limit of {limit}.")
        self.n, self.ids_digest, self.limit = n, ids_digest, limit
        self._entries = [Selection.empty(n, ids_digest)]
        self._position = 0
        self._named: dict[str, Selection] = {}
        self._unsaved: dict[str, Selection | None] = {}  # None: deleted

    @classmethod
    def of(cls, bundle: Bundle, limit: int = LIMIT) -> SelectionHistory:
        return cls(bundle.n, bundle.ids_digest, limit)

    @property
    def current(self) -> Selection:
        return self._entries[self._position]

    @property
    def writer(self) -> str:
        """Who made the current selection; empty before the first change."""
        return self.current.writer

    # -- writing: each returns whether the selection changed ----------------------------------------------------------

    def replace(self, mask: Mask | Selection, writer: str) -> bool:
        """Make ``mask`` (booleans ``(n,)``, or a selection over the same samples) the current selection."""
        new = self._coerce(mask).by(writer)
        if new == self.current:
            return False
        del self._entries[self._position + 1 :]
        self._entries.append(new)
        del self._entries[: -self.limit - 1]
        self._position = len(self._entries) - 1
        return True

    def clear(self, writer: str) -> bool:
        return self.replace(Selection.empty(self.n, self.ids_digest), writer)

    def invert(self, writer: str) -> bool:
        return self.replace(~self.current, writer)

    def union(self, other: str | Mask | Selection, writer: str) -> bool:
        """Current ∪ ``other``; here and below ``other`` is a name, a mask or a selection."""
        return self.replace(self.current | self._coerce(other), writer)

    def intersection(self, other: str | Mask | Selection, writer: str) -> bool:
        return self.replace(self.current & self._coerce(other), writer)

    def difference(self, other: str | Mask | Selection, writer: str) -> bool:
        return self.replace(self.current - self._coerce(other), writer)

    def restore(self, name: str, writer: str) -> bool:
        """Make the selection saved under ``name`` the current one."""
        return self.replace(self.named(name), writer)

    # -- undo and redo ------------------------------------------------------------------------------------------------

    @property
    def can_undo(self) -> bool:
        return self._position > 0

    @property
    def can_redo(self) -> bool:
        return self._position < len(self._entries) - 1

    def undo(self) -> bool:
        """One change back; False where there is none."""
        moved = self.can_undo
        self._position -= moved
        return moved

    def redo(self) -> bool:
        """One undone change forward; False where there is none."""
        moved = self.can_redo
        self._position += moved
        return moved

    # -- names --------------------------------------------------------------------------------------------------------

    @property
    def names(self) -> tuple[str, ...]:
        """Sorted."""
        return tuple(sorted(self._named))

    def named(self, name: str) -> Selection:
        if name not in self._named:
            known = ", ".join(self.names) or "none yet"
            raise SelectionError(f"There is no selection named {name!r}; saved are: {known}.")
        return self._named[name]

    def save_as(self, name: str) -> None:
        """Give the current selection a name; an earlier one of that name is replaced."""
        name = name.strip()
        if not name:
            raise SelectionError("A saved selection needs a name; type one.")
        self._named[name] = self._unsaved[name] = self.current

    def delete(self, name: str) -> None:
        """Forget a name; the current selection stays."""
        self.named(name)
        del self._named[name]
        self._unsaved[name] = None

    def save(self, path: Path) -> None:
        """Bring the names given and deleted here into ``path``; names that others saved there meanwhile stay."""
        self._named = saved.update(path, self._unsaved, self.n, self.ids_digest)
        self._unsaved = {}

    def load(self, path: Path) -> None:
        """Take over the names in ``path``; no file, no names. A file of other samples raises :class:`SelectionError`."""
        self._named = saved.read(path, self.n, self.ids_digest)
        self._unsaved = {}

    def _coerce(self, other: str | Mask | Selection) -> Selection:
        if isinstance(other, str):
            return self.named(other)
        new = other if isinstance(other, Selection) else Selection.of_mask(other, self.ids_digest)
        if new.n != self.n:
            raise SelectionError(f"A selection here covers {self.n:,} rows, got one of {new.n:,}.")
        if new.ids_digest != self.ids_digest:
            raise SelectionError("This selection is of other samples, although of as many; select anew here.")
        return new
