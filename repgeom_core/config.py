"""What the owner of the server allows: ``repgeom.toml``, read once, checked by the page and again by the worker.

The person at a browser may read files only below :attr:`Config.roots` and build models only by factories from
:attr:`Config.import_paths`. A person at the command line is not limited.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repgeom_core.atomic import written_whole
from repgeom_core.errors import ConfigError
from repgeom_core.sentences import reason
from repgeom_core.toml_table import Table, read_toml, to_toml

FILE_NAME = "repgeom.toml"
ENVIRONMENT = "REPGEOM_CONFIG"


@dataclass(frozen=True)
class Config:
    """Folders and import paths; every path is absolute with symlinks resolved.

    ``import_paths`` holds modules (``"examples.cifar10_resnets"``) or whole packages (``"examples.*"``: the package
    and everything below it). ``source`` is the file it came from, None for the defaults.
    """

    workspace: Path
    data_roots: tuple[Path, ...] = ()
    import_paths: tuple[str, ...] = ()
    python_path: tuple[Path, ...] = ()
    source: Path | None = None

    @property
    def bundles(self) -> Path:
        return self.workspace / "bundles"

    @property
    def uploads(self) -> Path:
        return self.workspace / "uploads"

    @property
    def recipes(self) -> Path:
        return self.workspace / "recipes"

    @property
    def jobs(self) -> Path:
        return self.workspace / "jobs"

    @property
    def roots(self) -> tuple[Path, ...]:
        """Where the browser may read: the data roots, and always the workspace."""
        return tuple(dict.fromkeys((*self.data_roots, self.workspace)))

    def allowed_path(self, path: str | Path) -> Path:
        """``path`` made absolute, ``..`` and symlinks resolved; :class:`ConfigError` when that lies outside the roots.

        The path need not exist. A relative path is relative to the working directory.
        """
        resolved = _resolve(path, f"the path {str(path)!r}")
        if any(resolved.is_relative_to(root) for root in self.roots):
            return resolved
        allowed = ", ".join(str(root) for root in self.roots)
        leads = "" if str(resolved) == str(path) else f" (it leads to {resolved})"
        raise ConfigError(
            f"{path}{leads} lies outside the folders that may be read here: {allowed}. "
            f"Move it there, or have the server's owner add its folder to data_roots in the server's {FILE_NAME}."
        )

    def allowed_output(self, path: str | Path) -> Path:
        """``path`` resolved as a place for a new bundle: only the workspace is written to; :class:`ConfigError` elsewhere."""
        resolved = self.allowed_path(path)
        if not resolved.is_relative_to(self.workspace):
            raise ConfigError(f"{path} lies outside the workspace {self.workspace}; bundles are made in there.")
        return resolved

    def check_factory(self, name: str) -> None:
        """Refuse a factory ``package.module:function`` whose module is not listed in ``import_paths``.

        The function must be a plain public name: no attribute of an attribute, nothing that starts with an underscore.
        Whoever imports it still has to check that the function was defined in that module and not merely imported by it.
        """
        module, _, function = name.partition(":")
        if not function or not all(part.isidentifier() for part in (*module.split("."), function)):
            raise ConfigError(f"A model factory is named package.module:function, got {name!r}.")
        if function.startswith("_"):
            raise ConfigError(f"{name!r} names a private function; name a public factory.")
        if not any(_covers(allowed, module) for allowed in self.import_paths):
            allowed = ", ".join(self.import_paths) or "none"
            raise ConfigError(
                f"Models may not be imported from {module!r} here; allowed are: {allowed}. "
                f"Have the server's owner add it to import_paths in the server's {FILE_NAME}."
            )

    def write(self, path: Path) -> Path:
        """Write this as a TOML file that :func:`load_config` reads back equal: what a job is told with ``--restricted``."""
        values = {
            "workspace": str(self.workspace),
            "data_roots": [str(root) for root in self.data_roots],
            "import_paths": list(self.import_paths),
            "python_path": [str(folder) for folder in self.python_path],
        }
        with written_whole(path) as temporary:
            temporary.write_text(to_toml(values), encoding="utf-8")
        return path


def load_config(path: str | Path | None = None) -> Config:
    """The configuration in ``path``; without one, in the file named by ``$REPGEOM_CONFIG``, else in ``./repgeom.toml``.

    Where there is no file at all, the defaults: a workspace ``.repgeom`` in the working directory, no data roots, no
    import paths. Raises :class:`ConfigError` for a named file that is missing, an unknown key or a wrong type.
    """
    if path is None and (named := os.environ.get(ENVIRONMENT)):
        if not Path(named).is_file():
            raise ConfigError(f"${ENVIRONMENT} names {named}, which is not a file; correct it or unset it.")
        path = named
    if path is None:
        if not Path(FILE_NAME).is_file():
            return Config(workspace=_resolve(".repgeom", "the workspace"), python_path=(Path.cwd().resolve(),))
        path = FILE_NAME
    source = _resolve(path, "the configuration")
    return _parse(read_toml(source, ConfigError, "configuration"), source)


def _parse(values: dict[str, Any], source: Path) -> Config:
    table = Table(values, str(source), ConfigError)

    def folders(key: str, default: Sequence[str]) -> tuple[Path, ...]:
        return tuple(_resolve(source.parent / item, f"{key} in {source}") for item in table.texts(key, default))

    config = Config(
        workspace=_resolve(source.parent / table.text("workspace", ".repgeom"), f"workspace in {source}"),
        data_roots=folders("data_roots", ()),
        import_paths=tuple(table.texts("import_paths")),
        python_path=folders("python_path", (".",)),
        source=source,
    )
    table.finish()
    for name in config.import_paths:
        if not all(part.isidentifier() for part in name.removesuffix(".*").split(".")):
            raise ConfigError(f'{source}: import_paths holds modules ("package.module") or packages ("package.*"), got {name!r}.')
    return config


def _resolve(path: str | Path, what: str) -> Path:
    try:
        return Path(path).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of symlinks, a NUL character
        raise ConfigError(f"{what} does not lead to a file or folder: {reason(error)}.") from None


def _covers(allowed: str, module: str) -> bool:
    package = allowed.removesuffix(".*")
    return module == package or (allowed != package and module.startswith(package + "."))
