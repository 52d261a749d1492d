"""What each column is for: guessed from names and shapes, overridden by what a person says."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from repgeom_core.errors import SourceError
from repgeom_core.sources.opened import BOOL, IMAGE, NUMBER, TEXT, Column, OpenedSource
from repgeom_core.suggest import did_you_mean, shortened

ROLES = {
    "features": "a layer: one vector per sample; single numbers with this role become one layer together",
    "input": "what a model eats, when it is not an image",
    "image": "one image per sample",
    "label": "the true class",
    "prediction": "the predicted class",
    "logits": "the classifier's outputs (n, K)",
    "id": "a unique name per sample",
    "text": "text to read and search",
    "split": "train, test, ...",
    "column": "kept as it is",
    "class names": "the names of the classes, in the order of their codes",
    "weight": "the classifier's weights (K, d)",
    "bias": "the classifier's biases (K,)",
    "ignore": "left out",
}
ONE_COLUMN = ("input", "image", "label", "prediction", "logits", "id", "text", "split", "class names", "weight", "bias")
WITHOUT_SAMPLES = ("class names", "weight", "bias", "ignore")

# Names that give a role away, the surest first.
ID_NAMES = ("id", "ids", "sample_id", "image_id", "uid", "uuid", "_id", "key")
LABEL_NAMES = (
    "label", "labels", "y", "target", "targets", "class", "class_label", "y_true", "true_label", "ground_truth", "fine_label",
    "fine_labels", "category", "species", "classes",
)  # fmt: skip
PREDICTION_NAMES = ("prediction", "predictions", "predicted", "pred", "preds", "y_pred", "predicted_label", "predicted_class")
TEXT_NAMES = ("text", "sentence", "caption", "content", "document", "description", "prompt", "question", "review", "title")
SPLIT_NAMES = ("split", "splits", "subset", "partition")
IMAGE_NAMES = ("image", "images", "img", "imgs", "x", "pixels", "data")
CLASS_NAMES_NAMES = ("class_names", "classes", "label_names", "target_names", "categories", "classnames")
LOOKED_AT = 64  # rows
LONG_TEXT = 60  # characters on average above which a column of strings is text to read rather than a category


def guess_roles(source: OpenedSource) -> dict[str, str]:
    """Column -> role. A role that one column can have goes to the surest name; all else is kept as a plain column."""
    roles = {column.name: _by_shape(column) for column in source.columns}
    roles |= {column.name: column.hint for column in source.columns if column.hint}
    rows = _sample_count(source, roles)
    for column in source.columns:
        named_so = column.name.lower() in CLASS_NAMES_NAMES and column.kind == TEXT and column.is_scalar
        if named_so and not column.hint and column.n is not None and (column.n != rows or column.name.lower() != "classes"):
            roles[column.name] = "class names"
    _guess_head(source, roles)
    for role, names in (
        ("label", LABEL_NAMES),
        ("prediction", PREDICTION_NAMES),
        ("id", ID_NAMES),
        ("split", SPLIT_NAMES),
        ("text", TEXT_NAMES),
    ):
        _give_to_surest(source, roles, role, names)
    _guess_long_text(source, roles)
    _keep_one(source, roles)
    for column in source.columns:
        if rows is not None and column.n not in (None, rows) and roles[column.name] == "column":
            roles[column.name] = "ignore"
    nothing_to_see = not any(role in ("features", "image", "input") for role in roles.values())
    if source.tabular and nothing_to_see:
        # A table of plain measurements: its numbers are the features.
        roles |= {c.name: "features" for c in source.columns if c.kind == NUMBER and roles[c.name] == "column"}
    return roles


def resolve_roles(source: OpenedSource, told: Mapping[str, str] | None) -> dict[str, str]:
    """The guess, with what a person said in its place.

    Raises:
        SourceError: an unknown column or role, or a role given to two columns that only one can have.
    """
    told, guessed = dict(told or {}), guess_roles(source)
    for name, role in told.items():
        if name not in guessed:
            raise SourceError(f"{source.name} has no column {name!r}. {did_you_mean(name, guessed)}")
        if role not in ROLES:
            raise SourceError(f"Column {name!r}: there is no role {role!r}; the roles are {', '.join(ROLES)}.")
    for role in ONE_COLUMN:
        wanted = [name for name, its in told.items() if its == role]
        if len(wanted) > 1:
            raise SourceError(f"{source.name}: columns {listed(wanted)} cannot all be the {role}; give that role to one of them.")
        if wanted:
            # What was told wins; the column that was guessed for this role stays as a plain one.
            guessed |= {c.name: _second_choice(c) for c in source.columns if guessed[c.name] == role}
    return guessed | told


def _second_choice(column: Column) -> str:
    return "column" if column.is_scalar else "ignore"


def _by_shape(column: Column) -> str:
    name = column.name.lower()
    if column.kind == IMAGE:
        return "image"
    if column.kind == NUMBER and column.is_vector:
        return "logits" if name in ("logits", "logit") else "ignore" if name in LABEL_NAMES[:5] + PREDICTION_NAMES else "features"
    if column.kind == NUMBER and len(column.row_shape) in (2, 3):
        return "image" if is_image_like(column) else "input"
    if column.kind == NUMBER and len(column.row_shape) > 3:
        return "input"
    return "column" if column.is_scalar else "ignore"


def is_image_like(column: Column) -> bool:
    """(H, W), (H, W, C) or (C, H, W) of bytes; of floats only in [0, 1] and under a name that says so."""
    return has_image_shape(column) and (
        column.dtype == "uint8" or (column.name.lower() in IMAGE_NAMES and "int" not in column.dtype and _within_unit(column))
    )


def has_image_shape(column: Column) -> bool:
    """(H, W), (H, W, C) or (C, H, W) with 1, 3 or 4 channels."""
    shape = column.row_shape
    return len(shape) == 2 or (len(shape) == 3 and (shape[-1] in (1, 3, 4) or shape[0] in (1, 3, 4)))


def _within_unit(column: Column) -> bool:
    """The first rows hold nothing outside [0, 1]."""
    low, high = value_range(column)
    return low >= 0 and high <= 1


def value_range(column: Column) -> tuple[float, float]:
    """Least and largest value of the first rows; NaN where there are none."""
    try:
        values = np.array([np.asarray(row, dtype=np.float64) for row in column.head(LOOKED_AT) if row is not None])
    except ValueError:  # rows of different shapes: reading them says so
        return np.nan, np.nan
    return (float(values.min()), float(values.max())) if values.size else (np.nan, np.nan)


def described(roles: Mapping[str, str]) -> str:
    """``features: a, b; label: species``, the roles in their usual order."""
    of_role = {role: [name for name, its in roles.items() if its == role] for role in ROLES}
    return "; ".join(f"{role}: {shortened(names, 12)}" for role, names in of_role.items() if names)


def _sample_count(source: OpenedSource, roles: Mapping[str, str]) -> int | None:
    if source.n is not None:
        return source.n
    for wanted in (("features", "image", "input"), ("logits",), ("column",)):
        counts = [column.n for column in source.columns if roles[column.name] in wanted and column.n is not None]
        if counts:
            return max(counts)
    return None


def _guess_head(source: OpenedSource, roles: dict[str, str]) -> None:
    """``W`` beside ``b`` (or ``weight`` beside ``bias``), of one length and fitting together, are the classifier."""
    lower = {column.name.lower(): column for column in source.columns}
    for weight, bias in (("w", "b"), ("weight", "bias"), ("weights", "biases"), ("fc.weight", "fc.bias"), ("w", None)):
        W, b = lower.get(weight), lower.get(bias) if bias else None
        if W is None or W.kind != NUMBER or len(W.row_shape) != 1 or (bias and (b is None or not b.is_scalar or b.n != W.n)):
            continue
        roles[W.name] = "weight"
        if b is not None:
            roles[b.name] = "bias"
        return


def _give_to_surest(source: OpenedSource, roles: dict[str, str], role: str, names: tuple[str, ...]) -> None:
    if role in roles.values():
        return
    kinds = {"id": (TEXT, NUMBER), "split": (TEXT,), "text": (TEXT,)}.get(role, (TEXT, NUMBER, BOOL))
    candidates = {c.name.lower(): c for c in source.columns if c.is_scalar and c.kind in kinds and roles[c.name] == "column"}
    for name in names:
        if name in candidates and not (role in ("label", "prediction") and is_fractional(candidates[name])):
            roles[candidates[name].name] = role
            return


def is_fractional(column: Column) -> bool:
    """A number such as 0.53 in the first rows: a measurement, not a class."""
    values = [v for v in column.head(5) if isinstance(v, float) and v == v]  # noqa: PLR0124 (NaN is a missing label)
    return any(not float(value).is_integer() for value in values)


def _guess_long_text(source: OpenedSource, roles: dict[str, str]) -> None:
    if "text" in roles.values():
        return
    for column in source.columns:
        if column.kind == TEXT and roles[column.name] == "column":
            values = [str(value) for value in column.head(5)]
            if values and sum(map(len, values)) / len(values) > LONG_TEXT:
                roles[column.name] = "text"
                return


def _keep_one(source: OpenedSource, roles: dict[str, str]) -> None:
    for role in ONE_COLUMN:
        for column in [c for c in source.columns if roles[c.name] == role][1:]:
            roles[column.name] = _second_choice(column)


def listed(names: list[str], most: int = 12) -> str:
    """Names in quotes, the first ``most`` of them and how many more."""
    shown = ", ".join(repr(name) for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")
