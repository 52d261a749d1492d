from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repgeom_core.errors import SourceError
from repgeom_core.sources import inspect_source, read_source


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def test_numbered_columns_are_one_layer_and_others_are_kept(tmp_path):
    path = write(tmp_path / "e.csv", "id,x0,x1,x2,label,age\na,1,2,3,cat,7\nb,4,5,6,dog,8\n")
    seen = inspect_source(path)
    assert seen.roles == {"id": "id", "x0..x2": "features", "label": "label", "age": "column"}
    assert seen.columns[1].members == ("x0", "x1", "x2") and seen.n == 2
    data = read_source(path)
    np.testing.assert_array_equal(data.features["features"], [[1, 2, 3], [4, 5, 6]])
    assert list(data.samples["id"]) == ["a", "b"] and list(data.samples["age"]) == [7, 8] and data.classes == ("cat", "dog")


@pytest.mark.parametrize(("suffix", "mark"), [("csv", ","), ("csv", ";"), ("csv", "|"), ("tsv", "\t"), ("csv", "\t")])
def test_delimiter_is_found(tmp_path, suffix, mark):
    rows = ["d1,d2,species", *(f"{k}.5,{-k},s{k % 2}" for k in range(20))]
    data = read_source(write(tmp_path / f"t.{suffix}", "\n".join(rows).replace(",", mark)))
    assert data.features["features"].shape == (20, 2) and data.classes == ("s0", "s1")


def test_table_without_header_keeps_its_first_row(tmp_path):
    data = read_source(write(tmp_path / "t.csv", "5.1,3.5,1.4,setosa\n4.9,3.0,1.4,virginica\n"))
    assert data.n == 2 and data.features["features"].shape == (2, 3) and data.classes == ("setosa", "virginica")


def test_header_of_numbers_as_pandas_writes_it_is_a_header(tmp_path):
    pd.DataFrame(np.arange(20.0).reshape(4, 5)).to_csv(tmp_path / "p.csv")
    data = read_source(tmp_path / "p.csv")
    np.testing.assert_array_equal(data.features["features"], np.arange(20).reshape(4, 5))


def test_plain_measurements_are_features_together(tmp_path):
    data = read_source(write(tmp_path / "iris.csv", "sepal,petal,species\n1,2,a\n3,4,b\n"))
    np.testing.assert_array_equal(data.features["features"], [[1, 2], [3, 4]])


def test_quoted_text_may_hold_delimiters_and_line_breaks(tmp_path):
    data = read_source(write(tmp_path / "t.csv", 'x0,x1,text\n1,2,"a, b\nc"\n3,4,"<b>ü</b>"\n'))
    assert list(data.samples["text"]) == ["a, b\nc", "<b>ü</b>"]


def test_ragged_line_is_named(tmp_path):
    path = write(tmp_path / "r.csv", "x0,x1\n1,2\n1,2,3\n1,2\n4\n")
    for read in (inspect_source, read_source):
        with pytest.raises(SourceError, match=r"line 3 has 3 fields where 2 were expected \(2 such lines;"):
            read(path)


def test_text_among_numbered_columns_is_named(tmp_path):
    path = write(tmp_path / "t.csv", "x0,x1,x2,age\n1,2,3,7\n1,oops,3,8\n")
    with pytest.raises(SourceError, match=r"'x1' holds 'oops'"):
        read_source(path)
    data = read_source(path, roles={"x1": "ignore"})
    np.testing.assert_array_equal(data.features["features"], [[1, 3], [1, 3]])
    assert list(data.samples.columns) == ["id", "age"]


TYPO = "a,b,label\n1,2,x\n3,oops,y\n4,5,x\n"


def test_typo_among_numbers_is_an_error_that_names_file_column_row_and_value_and_both_ways_out(tmp_path):
    path = write(tmp_path / "typo.csv", TYPO)
    seen = inspect_source(path)
    assert seen.roles == {"a": "features", "b": "features", "label": "label"}
    with pytest.raises(SourceError, match=r"typo\.csv: column 'b' holds 'oops' in row 1 \(counted from 0\)") as caught:
        read_source(path)
    assert "--role b=text" in str(caught.value) and "--role b=features --drop-invalid" in str(caught.value)
    assert "role text in the table" in caught.value.on_page and "--" not in caught.value.on_page


def test_typo_among_numbers_is_dropped_or_kept_as_text_when_told(tmp_path):
    path = write(tmp_path / "typo.csv", TYPO)
    dropped = read_source(path, roles={"b": "features"}, drop_invalid=True)
    np.testing.assert_array_equal(np.asarray(dropped.features["features"]), [[1, 2], [4, 5]])
    assert "'oops' in row 1" in dropped.warnings[-1] and "2 samples are left" in dropped.warnings[-1]
    as_text = read_source(path, roles={"b": "text"})
    assert as_text.features["features"].shape == (3, 1) and list(as_text.samples["text"]) == ["2", "oops", "5"]


def test_typo_in_a_table_without_header_does_not_become_the_label(tmp_path):
    path = write(tmp_path / "t.csv", "1,2,3\n3,oops,4\n4,5,6\n7,8,9\n")
    with pytest.raises(SourceError, match="column 'f1' holds 'oops' in row 1"):
        read_source(path)


def test_several_typos_name_the_first_and_count_the_rest(tmp_path):
    path = write(tmp_path / "t.csv", "x0,x1\n1,2\nNA,2\n3,?\n4,4\n5,-\n6,6\n")
    with pytest.raises(SourceError, match=r"column 'x1' holds '\?' in row 2 .* \(and 1 more such row\)"):
        read_source(path)
    assert read_source(path, drop_invalid=True).n == 3  # NA is a missing number, no text


def test_typo_in_a_column_beside_vectors_is_a_warning(tmp_path):
    path = write(tmp_path / "t.csv", "x0,x1,grade\n1,2,7\n1,2,K\n3,4,8\n")
    warning = "Column 'grade' holds 'K' in row 1 (counted from 0), where the other rows hold numbers; so the column is kept as text."
    assert inspect_source(path).warnings == (warning,)
    assert read_source(path).warnings == [warning]


def test_typo_beyond_the_first_block_is_named(tmp_path):
    lines = ["a,b", *("0.1234567890123,0.9876543210987" for _ in range(300_000)), "1,oops"]
    with pytest.raises(SourceError, match="column 'b' holds 'oops' in row 300000"):
        read_source(write(tmp_path / "t.csv", "\n".join(lines)))


def test_text_column_given_as_features_is_named(tmp_path):
    path = write(tmp_path / "t.csv", "a,b\n1,u\n2,v\n")
    with pytest.raises(SourceError, match="features must be numbers, but column 'b' .*--role b=text"):
        read_source(path, roles={"b": "features"})


def test_table_of_text_alone_says_what_is_missing(tmp_path):
    with pytest.raises(SourceError, match="nothing to look at.*word"):
        read_source(write(tmp_path / "t.csv", "word,sense\na,b\nc,d\n"))


def test_column_that_turns_to_text_far_down_is_read_as_text(tmp_path):
    # The type is taken from the first block of 8 MB; the last row does not fit it.
    lines = ["x0,x1,code", *("0.123456789,0.987654321,7" for _ in range(350_000)), "1,2,seven"]
    data = read_source(write(tmp_path / "t.csv", "\n".join(lines)))
    assert data.n == 350_001 and data.samples["code"].iloc[-1] == "seven" and data.samples["code"].iloc[0] == "7"


def test_undecodable_text_is_refused_and_its_encoding_accepted(tmp_path):
    path = write(tmp_path / "l.csv", "x0,x1,name\n1,2,Köln\n3,4,Ulm\n", "latin-1")
    with pytest.raises(SourceError, match=r"cannot be decoded as utf8.*UTF-8"):
        read_source(path)
    assert read_source(path, encoding="latin-1").samples["name"][0] == "Köln"


def test_undecodable_byte_beyond_the_first_block_names_the_column(tmp_path):
    path = tmp_path / "l.csv"
    path.write_bytes(b"x0,x1,name\n" + b"1,2,Ulm\n" * 20_000 + b"1,2,K\xf6ln\n")
    with pytest.raises(SourceError, match=r"'name' is not utf8 text"):
        read_source(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("x0,x1\n", "a header but no rows"),
        ("x0,x1\n1,2\n", "one sample"),
        ("x0,x0\n1,2\n3,4\n", "'x0' occurs more than once"),
    ],
)
def test_files_without_enough_in_them_are_refused(tmp_path, text, message):
    with pytest.raises(SourceError, match=message):
        read_source(write(tmp_path / "t.csv", text))


def test_empty_cells_in_features_are_counted_and_the_first_row_named(tmp_path):
    path = write(tmp_path / "t.csv", "x0,x1\n1,2\n,2\n1,inf\n3,4\n")
    with pytest.raises(SourceError, match=r"2 rows have NaN or infinite values in 'features' \(the first is row 1, counted from 0\)"):
        read_source(path)
    data = read_source(path, drop_invalid=True)
    np.testing.assert_array_equal(np.asarray(data.features["features"]), [[1, 2], [3, 4]])
    assert "dropped, 2 samples are left" in data.warnings[-1] and list(data.samples["id"]) == ["t-0", "t-3"]


def test_duplicate_ids_name_the_first_and_the_count(tmp_path):
    path = write(tmp_path / "t.csv", "id,x0,x1\na,1,2\nb,1,2\na,1,2\nb,3,4\n")
    with pytest.raises(SourceError, match=r"t\.csv: .*rows 0 and 2 \(counted from 0\) of column 'id' both have the id 'a' \(2 rows repeat"):
        read_source(path)


@pytest.mark.parametrize("vector", ["[{a}, {b}]", "[{a} {b}]", "[ {a}  {b}\n]"])
def test_vectors_written_as_text_are_features(tmp_path, vector):
    cells = [vector.format(a=0.5 + k, b=-1e-3) for k in range(3)]
    pd.DataFrame({"id": list("abc"), "embedding": cells}).to_csv(tmp_path / "v.csv", index=False)
    assert inspect_source(tmp_path / "v.csv").roles == {"id": "id", "embedding": "features"}
    np.testing.assert_allclose(read_source(tmp_path / "v.csv").features["embedding"], [[0.5 + k, -1e-3] for k in range(3)])


@pytest.mark.parametrize(("cell", "message"), [("[1.0]", "row 2 has 1 values where the first has 2"), ("[1, x]", "row 2 is no vector")])
def test_misfit_among_written_vectors_is_named(tmp_path, cell, message):
    rows = ["[1, 2]"] * 2 + [cell] + ["[1, 2]"] * 2000
    rows[2], rows[1500] = "[1, 2]", cell
    pd.DataFrame({"v": rows}).to_csv(tmp_path / "v.csv", index=False)
    with pytest.raises(SourceError, match=message.replace("row 2", "row 1500")):
        read_source(tmp_path / "v.csv")
