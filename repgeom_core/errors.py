"""Errors that people read: each says what was expected, what came, and what to do, in one line."""

from __future__ import annotations

import errno

# What the machine refuses through no fault of ours, and what a person can do about it.
_REMEDIES = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space",
    errno.EACCES: "change its permissions, or choose another place",
    errno.EPERM: "change its permissions, or choose another place",
    errno.EROFS: "choose a place that can be written to",
}


def refusal(error: BaseException) -> str | None:
    """A full disk, a file that may not be read or a place that may not be written to, as one sentence; None for any other error."""
    if not isinstance(error, OSError) or error.errno not in _REMEDIES:
        return None
    what = f"{error.filename}: " if error.filename else ""
    return f"{what}{error.strerror}; {_REMEDIES[error.errno]} and try again."


class RepGeomError(Exception):
    """Base of every error that a page or the command line shows as its message, never as a traceback.

    ``options`` says what to do in the words of the command line (in ``str(error)``), ``widgets`` in those of a page (in ``on_page``).
    """

    def __init__(self, message: object = "", *, options: str = "", widgets: str = "") -> None:
        super().__init__(f"{message} {options}".rstrip())
        self.on_page = f"{message} {widgets}".rstrip()


class ConfigError(RepGeomError):
    """``repgeom.toml`` is wrong, or something lies outside what it allows."""


class BundleError(RepGeomError):
    """A bundle on disk is missing something, damaged, or newer than this version."""


class SourceError(RepGeomError):
    """A data file cannot be read as samples."""


class ModelError(RepGeomError):
    """A model cannot be built or has no such layer."""


class CheckpointError(RepGeomError):
    """Weights cannot be loaded safely, or do not fit the model."""


class RecipeError(RepGeomError):
    """A recipe is incomplete or contradicts itself."""


class ExtractionError(RepGeomError):
    """Features cannot be extracted, or a resumed extraction would not be the one that was begun."""


class SelectionError(RepGeomError):
    """A selection cannot be applied or saved."""


class GeometryError(RepGeomError):
    """Features are not fit for the computation: too few samples, a bad parameter, numbers that are not finite."""


class Cancelled(RepGeomError):
    """The person who started the work stopped it."""
