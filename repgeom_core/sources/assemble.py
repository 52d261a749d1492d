"""From an opened source and the roles of its columns to a ``Dataset``, with every check on the way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from repgeom_core.errors import SourceError
from repgeom_core.sources.dataset import Dataset, check_unique_ids, other_ids
from repgeom_core.sources.images import DEFAULT_SIZE, ArrayImages, DecodedInputs, EncodedImages
from repgeom_core.sources.invalid import invalid_rows
from repgeom_core.sources.labels import encode_classes
from repgeom_core.sources.notes import in_place_of_numbers
from repgeom_core.sources.opened import BOOL, IMAGE, NUMBER, Column, OpenedSource
from repgeom_core.sources.roles import WITHOUT_SAMPLES, listed
from repgeom_core.sources.rows import ImageRows, RowArray
from repgeom_core.sources.text_cells import TextCell, to_numbers

OWN_NAMES = ("id", "label", "prediction", "split", "text")  # what the columns with these roles are called in ``samples``


def assemble(
    source: OpenedSource, roles: dict[str, str], drop_invalid: bool = False, image_size: int | tuple[int, int] | None = None
) -> Dataset:
    """Reads the columns that have a role.

    ``drop_invalid`` leaves out samples with NaN, infinite or missing features or broken images, and says how many.
    ``image_size`` (one side, or (height, width)) is the size of ``inputs`` decoded from image files.

    Raises:
        SourceError: see the checks; each message names what was expected and what came.
    """
    used = [column for column in source.columns if roles[column.name] != "ignore"]
    for column in used:
        _check_fits(column, roles[column.name], source.name)
    of_role = {role: [c for c in used if roles[c.name] == role] for role in set(roles.values())}
    if not source.trees and not any(of_role.get(role) for role in ("features", "image", "input")):
        if text := [column for column in source.columns if column.is_text_vector]:
            raise SourceError(f"{source.name} has no vectors of numbers: {text[0].name!r} was left out, as {in_place_of_numbers(text[0])}")
        raise SourceError(
            f"{source.name} has nothing to look at: expected vectors, numeric columns or images, "
            f"but found {_described(source) or 'no columns'}.",
            options="Name the columns of numbers with --role COLUMN=features.",
            widgets="Give the columns of numbers the role features in the table.",
        )
    warnings = list(source.warnings)
    features = _features(of_role.get("features", []), source.name)
    text_cells = [cell for column in of_role.get("features", []) for cell in column.text_cells]
    if text_cells and not drop_invalid:
        raise text_among_numbers(source.name, text_cells)
    images, inputs = _images(of_role)
    logits = _matrix(of_role["logits"][0], "logits", source.name) if of_role.get("logits") else None
    n = _common_length(source, used, roles, features, images, inputs)
    _check_count(source.name, n)

    bad = invalid_rows(
        {**features, **({"inputs": inputs} if inputs is not None else {}), **({"logits": logits} if logits is not None else {})}
    )
    if isinstance(images, EncodedImages):
        inputs, broken = _decoded_inputs(images, image_size, warnings)
        bad.add_broken(broken)
    bad.refuse_unless(drop_invalid, source.name, n)

    head = _head(of_role, source.name)
    outputs = {int(logits.shape[1])} if logits is not None else set()
    outputs |= {len(head[0])} if head is not None else set()
    classes, table = _samples(source, of_role, n, outputs, warnings)
    dataset = Dataset(source.title, table, classes, features, inputs, images, logits, head, dict(roles), warnings, dict(source.trees))
    if len(bad):
        bad.reasons += [str(cell) for cell in text_cells]
        dataset = dataset.take(np.setdiff1d(np.arange(n), bad.rows))
        dataset.warnings.append(bad.summary(source.name) + f"; dropped, {dataset.n:,} samples are left.")
        _check_count(source.name, dataset.n)
    return dataset


def _check_fits(column: Column, role: str, where: str) -> None:
    """A role that a person gave may not suit the column."""
    number, vector = column.kind == NUMBER, column.is_vector
    fits = {
        "features": True,  # has its own message, for all columns together
        "input": number and column.row_shape != (),
        "image": column.kind == IMAGE or (number and len(column.row_shape) in (2, 3)),
        "prediction": column.is_scalar or vector,
        "logits": vector,
        "weight": vector,
    }
    if not fits.get(role, column.is_scalar):
        shape = " x ".join(map(str, column.row_shape)) or "one"
        raise SourceError(
            f"{where}: column {column.name!r} cannot be the {role}: it holds {shape} {column.dtype} per sample.",
            options=f"Give another role: --role {column.name}=ROLE.",
            widgets="Give it another role in the table.",
        )


def _described(source: OpenedSource) -> str:
    return listed([f"{c.name} ({c.dtype})" for c in source.columns]).replace("'", "")


def _check_count(name: str, n: int) -> None:
    if n < 2:
        raise SourceError(f"{name} holds {'no samples' if n == 0 else 'one sample'}; a data set needs at least two.")


def _features(columns: list[Column], where: str) -> dict[str, RowArray]:
    """Vectors are layers of their own; single numbers become one layer together."""
    for column in columns:
        if column.is_text_vector:
            raise SourceError(f"{where}: {column.name!r} cannot be features: {in_place_of_numbers(column)}")
    wrong = [column.name for column in columns if column.kind not in (NUMBER, BOOL)]
    if wrong:
        raise SourceError(
            f"{where}: features must be numbers, but {'column' if len(wrong) == 1 else 'columns'} {listed(wrong)} "
            f"{'holds' if len(wrong) == 1 else 'hold'} something else.",
            options=f"Give another role: --role {wrong[0]}=text, or --role {wrong[0]}=column to keep it as it is.",
            widgets="Give another role in the table: text, or column to keep it as it is.",
        )
    features: dict[str, RowArray] = {}
    scalars = [column for column in columns if column.is_scalar]
    for column in columns:
        if not column.is_scalar:
            features[column.layer or column.name] = _matrix(column, "features", where)
    if scalars:
        stacked = [_numbers(column) for column in scalars]
        lengths = {len(values) for values in stacked}
        if len(lengths) > 1:
            raise SourceError(
                f"{where}: the features {listed([c.name for c in scalars])} have different lengths {sorted(lengths)}; "
                "give the role features only to columns of the same samples."
            )
        features["features"] = np.stack(stacked, axis=1).astype(np.float32)
    return features


def text_among_numbers(where: str, cells: list[TextCell]) -> SourceError:
    """The first cell of text where there should be numbers, and what can be done about it."""
    name = cells[0].column
    others = f"; so do columns {listed([cell.column for cell in cells[1:]])}" if len(cells) > 1 else ""
    return SourceError(
        f"{where}: {cells[0]}{others}.",
        options=f"Correct the file, keep the column as text (--role {name}=text), "
        f"or leave such rows out (--role {name}=features --drop-invalid).",
        widgets="Correct the file, give the column the role text in the table, or tick the box that drops such rows.",
    )


def _numbers(column: Column) -> np.ndarray:
    numbers, column.text_cells = to_numbers(column.series(), column.name)
    return numbers


def _matrix(column: Column, what: str, where: str) -> RowArray:
    array = column.load()
    if len(array.shape) < 2 or array.shape[1] == 0 or array.dtype.kind not in "fiub":
        raise SourceError(
            f"{where}: {what} must be an array (n, d) of real numbers, but {column.name!r} is {array.dtype} of shape {tuple(array.shape)}."
        )
    return array if len(array.shape) == 2 else array.reshape(array.shape[0], -1)


def _images(of_role: dict[str, list[Column]]) -> tuple[ImageRows | None, RowArray | None]:
    inputs = of_role["input"][0].load() if of_role.get("input") else None
    if not of_role.get("image"):
        return None, inputs
    loaded = of_role["image"][0].load()
    images = loaded if isinstance(loaded, EncodedImages | ArrayImages) else ArrayImages(loaded)
    if inputs is None and isinstance(images, ArrayImages):
        inputs = images.inputs()
    return images, inputs


def _decoded_inputs(images: EncodedImages, size: int | tuple[int, int] | None, warnings: list[str]) -> tuple[DecodedInputs, dict[int, str]]:
    sizes, broken = images.survey()
    if size is None and len(sizes) > 1:
        warnings.append(f"The images have {len(sizes)} sizes; a model gets them scaled and cut to {DEFAULT_SIZE} x {DEFAULT_SIZE} pixels.")
        size = DEFAULT_SIZE
    width, height = next(iter(sizes), (DEFAULT_SIZE, DEFAULT_SIZE))
    if size is not None:
        height, width = (size, size) if isinstance(size, int) else size
    return DecodedInputs(images, height, width), broken


def _common_length(
    source: OpenedSource,
    used: list[Column],
    roles: dict[str, str],
    features: dict[str, RowArray],
    images: ImageRows | None,
    inputs: RowArray | None,
) -> int:
    """The number of samples; every column that belongs to samples must have it."""
    if features:
        first, n = next((name, int(array.shape[0])) for name, array in features.items())
    elif images is not None:
        first, n = "the images", len(images)
    elif inputs is not None:
        first, n = "the inputs", int(inputs.shape[0])
    else:
        assert source.n is not None
        first, n = "the trees", source.n
    loaded = [(name, int(array.shape[0])) for name, array in features.items()]
    loaded += [(c.name, c.n) for c in used if c.n is not None and roles[c.name] not in WITHOUT_SAMPLES]
    for name, length in loaded:
        if length != n:
            raise SourceError(
                f"{source.name}: {name!r} has {length:,} rows but {first!r} has {n:,}; they must be of the same samples, in "
                "the same order. Save them anew with equal lengths,",
                options=f"or leave one out: --role {name}=ignore.",
                widgets=f"or give {name!r} the role ignore in the table.",
            )
    return n


def _samples(
    source: OpenedSource, of_role: dict[str, list[Column]], n: int, outputs: set[int], warnings: list[str]
) -> tuple[tuple[str, ...], pd.DataFrame]:
    def series(role: str) -> pd.Series | None:
        return of_role[role][0].series() if of_role.get(role) else None

    label, predicted = series("label"), _predicted(of_role)
    names = _class_names(of_role)
    if names is None and outputs and (label is None or pd.api.types.is_numeric_dtype(label.dtype)):
        names = [str(k) for k in range(max(outputs))]  # output k is class k, also where some class has no sample
    names_from = of_role["class names"][0].name if of_role.get("class names") else None
    classes, labels, predictions = encode_classes(label, predicted, names, source.name, names_from)
    if outputs - {len(classes)}:
        raise SourceError(
            f"{source.name}: the classifier has {min(outputs - {len(classes)})} outputs but there are {len(classes)} classes; "
            "give class names, one for each output, in their order."
        )
    id_column = of_role["id"][0].name if of_role.get("id") else None
    ids = _ids(series("id"), id_column, source, n)
    check_unique_ids(ids, source.name, id_column)
    table: dict[str, Any] = {"id": ids}
    if labels is not None:
        table["label"] = labels
        if missing := int((labels.codes < 0).sum()):
            warnings.append(f"{missing:,} of {n:,} samples have no label.")
    if predictions is not None:
        table["prediction"] = predictions
    for role in ("split", "text"):
        if (values := series(role)) is not None:
            table[role] = values.astype("string").astype(object).where(values.notna(), None)
    for column in of_role.get("column", []):
        name = column.name
        while name in table or name in OWN_NAMES:
            name += " (column)"
        table[name] = _named(column) if column.names else column.series()
    return classes, pd.DataFrame(table)


def _predicted(of_role: dict[str, list[Column]]) -> pd.Series | None:
    if not of_role.get("prediction"):
        return None
    column = of_role["prediction"][0]
    if column.is_vector:  # one score per class
        return pd.Series(np.asarray(column.load()).argmax(axis=1))
    return column.series()


def _named(column: Column) -> pd.Categorical:
    return encode_classes(column.series(), None, column.names, column.name)[1]  # type: ignore[return-value]


def _class_names(of_role: dict[str, list[Column]]) -> list[str] | None:
    if of_role.get("class names"):
        return [str(name) for name in of_role["class names"][0].series()]
    with_names = [c for role in ("label", "prediction") for c in of_role.get(role, []) if c.names]
    return list(with_names[0].names or ()) if with_names else None


def _ids(ids: pd.Series | None, column: str | None, source: OpenedSource, n: int) -> pd.Series:
    if ids is None:
        width = len(str(n - 1))
        return pd.Series([f"{source.title}-{row:0{width}d}" for row in range(n)])
    if ids.isna().any():
        row = int(np.flatnonzero(ids.isna())[0])
        raise SourceError(f"{source.name}: row {row} (counted from 0) has no id; fill it in.", **other_ids(column))
    if pd.api.types.is_float_dtype(ids.dtype) and (ids == ids.round()).all():
        ids = ids.astype("int64")
    return ids.map(lambda v: v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v))


def _head(of_role: dict[str, list[Column]], where: str) -> tuple[np.ndarray, np.ndarray] | None:
    if not of_role.get("weight"):
        return None
    W = np.asarray(of_role["weight"][0].load(), dtype=np.float32)
    if W.ndim != 2:
        raise SourceError(f"{where}: the classifier's weights must have shape (K, d). Got {W.shape}.")
    b = np.asarray(of_role["bias"][0].load(), dtype=np.float32).ravel() if of_role.get("bias") else np.zeros(len(W), np.float32)
    if len(b) != len(W):
        raise SourceError(f"{where}: the classifier has {len(W)} rows of weights but {len(b)} biases.")
    if not (np.isfinite(W).all() and np.isfinite(b).all()):
        raise SourceError(f"{where}: the classifier's weights hold NaN or infinite values; correct them or ignore these arrays.")
    return W, b
