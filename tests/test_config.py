from __future__ import annotations

from pathlib import Path

import pytest

from repgeom_core.config import Config, load_config
from repgeom_core.errors import ConfigError


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "data").mkdir()
    file = tmp_path / "repgeom.toml"
    file.write_text('data_roots = ["data"]\nimport_paths = ["nets", "zoo.*"]\n')
    return load_config(file)


def written(folder: Path, text: str) -> Path:
    file = folder / "repgeom.toml"
    file.write_text(text)
    return file


def test_relative_paths_are_relative_to_the_file(config: Config, tmp_path: Path) -> None:
    assert config.workspace == tmp_path / ".repgeom"
    assert config.data_roots == (tmp_path / "data",)
    assert config.python_path == (tmp_path,)
    assert config.bundles == tmp_path / ".repgeom" / "bundles"


def test_defaults_without_any_file_allow_only_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPGEOM_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    config = load_config()
    assert config.roots == (tmp_path / ".repgeom",)
    assert config.import_paths == ()


def test_file_in_the_working_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPGEOM_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    written(tmp_path, 'workspace = "here"')
    assert load_config().workspace == tmp_path / "here"


def test_environment_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPGEOM_CONFIG", str(written(tmp_path, 'workspace = "there"')))
    assert load_config().workspace == tmp_path / "there"


def test_missing_file_in_the_environment_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPGEOM_CONFIG", str(tmp_path / "gone.toml"))
    with pytest.raises(ConfigError, match=r"REPGEOM_CONFIG names .*gone\.toml"):
        load_config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('data_root = ["x"]', "unknown key 'data_root'. Did you mean 'data_roots'"),
        ('data_roots = "x"', "'data_roots' must be a list of texts"),
        ("data_roots = [1]", "'data_roots' must be a list of texts"),
        ("workspace = 3", "'workspace' must be a text"),
        ('import_paths = ["a b"]', "import_paths holds modules.*'a b'"),
        ('import_paths = ["*"]', "import_paths holds modules"),
        ("workspace = ", "not valid TOML"),
    ],
)
def test_mistake_in_the_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_config(written(tmp_path, text))


def test_paths_in_a_root_and_in_the_workspace_are_allowed(config: Config, tmp_path: Path) -> None:
    assert config.allowed_path(tmp_path / "data" / "a.npz") == tmp_path / "data" / "a.npz"
    assert config.allowed_path(config.uploads / "a.npz") == config.uploads / "a.npz"


@pytest.mark.parametrize("path", ["/etc/passwd", "{}/data/../secret", "{}/database", "{}", "~", "", "{}/data/a\0b"])
def test_paths_outside_the_roots_are_refused(config: Config, tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigError):
        config.allowed_path(path.format(tmp_path))


def test_symlink_that_leaves_the_root_is_refused(config: Config, tmp_path: Path) -> None:
    (tmp_path / "data" / "link").symlink_to("/etc")
    with pytest.raises(ConfigError, match="leads to /etc/passwd"):
        config.allowed_path(tmp_path / "data" / "link" / "passwd")


def test_loop_of_symlinks_is_refused(config: Config, tmp_path: Path) -> None:
    (tmp_path / "data" / "loop").symlink_to(tmp_path / "data" / "loop")
    with pytest.raises(ConfigError):
        config.allowed_path(tmp_path / "data" / "loop" / "x")


def test_root_that_is_itself_a_symlink_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to(tmp_path / "real")
    config = load_config(written(tmp_path, 'data_roots = ["root"]'))
    assert config.allowed_path(tmp_path / "root" / "a") == tmp_path / "real" / "a"


@pytest.mark.parametrize("name", ["nets:resnet20", "zoo:small", "zoo.deep.wide:huge"])
def test_listed_factories_are_allowed(config: Config, name: str) -> None:
    config.check_factory(name)


@pytest.mark.parametrize(
    "name",
    [
        "os:system",
        "nets.sub:f",
        "netsy:f",
        "zoology:f",
        "nets",
        "nets:",
        "nets:os.system",
        "nets:_hidden",
        ":f",
        "nets:f()",
        "..nets:f",
    ],
)
def test_other_factories_are_refused(config: Config, name: str) -> None:
    with pytest.raises(ConfigError):
        config.check_factory(name)


def test_written_config_keeps_unusual_folder_names(tmp_path: Path) -> None:
    odd = Config(workspace=tmp_path / 'with "quotes" \\ and\nlines é 🐟')
    assert load_config(odd.write(tmp_path / "allowed.toml")).workspace == odd.workspace


def test_job_reads_the_same_config_from_its_copy(config: Config, tmp_path: Path) -> None:
    copy = load_config(config.write(tmp_path / "elsewhere" / "allowed.toml"))
    assert (copy.workspace, copy.roots, copy.import_paths, copy.python_path) == (
        config.workspace,
        config.roots,
        config.import_paths,
        config.python_path,
    )


def test_example_configuration_is_valid() -> None:
    assert load_config(Path(__file__).parent.parent / "repgeom.example.toml").import_paths == ("examples.cifar10_resnets",)
