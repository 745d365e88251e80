"""Files that nobody vouches for: what is read, what is refused, and thousands of hostile ones.

A larger number of hostile files, by hand: HOSTILE_FILES=20000 python -m pytest -q tests/core/diagnosis/test_files.py -k hostile
"""

import io
import os
import pickle
import re
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core import FileLimits, diagnose, read_layers

A = np.random.default_rng(0).standard_normal((30, 4))
SMALL = FileLimits(2**20, 2**20, 2000, 64, 8)
PLAIN = re.compile(r"[^<>&`*\[\]\x00-\x1f\x7f]+")
"""What a message may hold: no markup and no control characters."""


def npy(array, **how):
    file = io.BytesIO()
    np.save(file, array, **how)
    return file.getvalue()


def npz(save=np.savez, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


def packed(entries, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as pack:
        for name, content in entries.items():
            pack.writestr(name, content)
    return file.getvalue()


def headed(descr="'<f8'", fortran="False", shape="(3, 2)", body=b"\0" * 48, version=1):
    text = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n".encode("latin-1")
    size = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + size + text + body


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("dtype", ["<f4", "<f8", ">f8", "<f2", "u1", "<i8"])
def test_an_archive_gives_back_its_layers_in_their_order(save, dtype):
    a, delta = (10 * A).astype(dtype), np.asfortranarray(A[:, :2])
    data = npz(save, **{"later.a": a, "early": A, "later.delta": delta, "later.z": A})
    for source in (data, io.BytesIO(data), memoryview(data)):
        found = read_layers("net.npz", source)
        assert list(found) == ["later", "early"]
        np.testing.assert_array_equal(found["later"].a, a)
        np.testing.assert_array_equal(found["later"].delta, delta)
        np.testing.assert_array_equal(found["later"].z, A)
        np.testing.assert_array_equal(found["early"].a, A)
        assert found["early"].delta is None
    assert len(diagnose(found).layers) == 2


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_an_array_is_read_in_place_in_either_order(order, version, tmp_path):
    path = tmp_path / "x.npy"
    with open(path, "wb") as file:
        np.lib.format.write_array(file, np.array(A, order=order), version=version)
    for data in (path, path.read_bytes()):
        found = read_layers("X.NPY", data)["layer"].a
        np.testing.assert_array_equal(found, A)
        assert not found.flags.owndata and not found.flags.writeable


@pytest.mark.parametrize("separator", [",", ";", "\t", ", "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("header", ["", "u1{s}u 2{s}u3{s}u4", '"1"{s}"b"{s}c{s}d'])
def test_a_table_is_read_with_any_separator_and_header(separator, end, header):
    rows = [separator.join(repr(float(x)) for x in row) for row in A]
    lines = [header.format(s=separator)] * bool(header) + rows[:3] + [""] + rows[3:]
    for start in (b"", b"\xef\xbb\xbf"):
        found = read_layers("x.csv", start + end.join(lines).encode())
        np.testing.assert_array_equal(found["layer"].a, A)


def test_a_table_may_have_decimal_commas_and_signals():
    found = read_layers("x.csv", b"u1;delta 1;u2\n0,5;1;2\n1;2e-3;-3,25\n")["layer"]
    np.testing.assert_array_equal(found.a, [[0.5, 2], [1, -3.25]])
    np.testing.assert_array_equal(found.delta, [[1], [0.002]])
    one = read_layers("x.csv", b"1\n2\n3\n")["layer"].a
    np.testing.assert_array_equal(one, [[1], [2], [3]])


def test_as_many_lines_as_are_allowed_are_read():
    limits = FileLimits(samples=300, units=2)
    assert read_layers("x.csv", b"1,2\r\n" * 300, limits)["layer"].a.shape == (300, 2)
    assert read_layers("x.csv", b"1\n" * 300, limits)["layer"].a.shape == (300, 1)


class Evil:
    def __reduce__(self):
        return os.abort, ()


PICKLES = [pickle.dumps(Evil(), protocol) for protocol in range(6)]
BOMB = packed({"a.npy": npy(np.zeros((2000, 64)))[:200] + b"\0" * 2**24})
REFUSED = {
    "a pickle as npy": ("x.npy", PICKLES[4], "a pickle, which could run a program"),
    "a pickle as npz": ("x.npz", PICKLES[2], "a pickle, which could run a program"),
    "an old pickle": ("x.npz", PICKLES[0], "pickle|damaged"),
    "a pickle as csv": ("x.csv", PICKLES[5], "a pickle, which could run a program"),
    "objects": ("x.npy", npy(np.array([[Evil()]]), allow_pickle=True), "Python objects"),
    "objects in npz": ("x.npz", packed({"a.npy": npy(np.array([[Evil()]]), allow_pickle=True)}), "Python objects"),
    "a PyTorch file": ("x.npz", packed({"archive/data.pkl": PICKLES[2]}), "no .npy array"),
    "records": ("x.npy", npy(np.zeros(3, dtype=[("a", float)])), "named fields"),
    "complex": ("x.npy", npy(A + 1j), "dtype .c16"),
    "bool": ("x.npy", npy(A > 0), "dtype .b1"),
    "text": ("x.npy", npy(np.array(["a"])), "dtype .U1"),
    "huge shape": ("x.npy", headed(shape="(999999999999, 999999999)"), "at most"),
    "huge bytes": ("x.npy", headed(shape="(2000, 64)", descr="'<f8'"), "says it holds 1,024,000 bytes"),
    "endless digits": ("x.npy", headed(shape="(" + "9" * 400 + ", 1)"), "damaged header"),
    "negative shape": ("x.npy", headed(shape="(-3, 2)"), "damaged header"),
    "no dimension": ("x.npy", headed(shape="()"), "a single number"),
    "three dimensions": ("x.npy", headed(shape="(1, 3, 2)"), "samples x units"),
    "nothing": ("x.npy", headed(shape="(0, 2)", body=b""), "it is empty"),
    "truncated": ("x.npy", npy(A)[:-1], "cut off"),
    "too long": ("x.npy", npy(A) + b"\0", "cut off"),
    "code in the header": ("x.npy", headed(shape="(__import__('os').abort(), 2)"), "damaged header"),
    "nested header": ("x.npy", headed(descr="(" * 3000 + ")" * 3000), "damaged header"),
    "a long header": ("x.npy", b"\x93NUMPY\x02\0" + struct.pack("<I", 2**31) + b" " * 9000, "damaged header"),
    "version 9": ("x.npy", b"\x93NUMPY\x09\0" + b"\0" * 99, "does not start"),
    "no npy": ("x.npy", b"hello", "does not start"),
    "csv as npy": ("x.npy", b"1,2\n3,4\n", "does not start"),
    "no zip": ("x.npz", b"hello", "no .npz or a damaged one"),
    "cut zip": ("x.npz", npz(a=A)[:-30], "no .npz or a damaged one"),
    "empty zip": ("x.npz", packed({}), "holds 0 arrays"),
    "a bomb": ("x.npz", BOMB, "unpacks to 16,"),
    "many arrays": ("x.npz", npz(**{f"x{i}": A for i in range(30)}), "holds 30 arrays"),
    "many layers": ("x.npz", npz(**{f"x{i}": A for i in range(10)}), "holds 10 layers"),
    "arrays too large together": (
        "x.npz",
        npz(np.savez_compressed, a=np.zeros((2000, 60)), b=np.zeros((1000, 60))),
        "unpacks to",
    ),
    "bzip2": ("x.npz", packed({"a.npy": npy(A)}, zipfile.ZIP_BZIP2), "packed in a way"),
    "lzma": ("x.npz", packed({"a.npy": npy(A)}, zipfile.ZIP_LZMA), "packed in a way"),
    "a delta alone": ("x.npz", npz(**{"h.delta": A}), "no h.a"),
    "two inputs": ("x.npz", npz(**{"h": A, "h.a": A}), "two arrays"),
    "markup in a key": ("x.npz", npz(**{"<img src=x>": A}), "layer name '.img src.x.'"),
    "a line break in a key": ("x.npz", npz(**{"a\nb": A}), "layer name"),
    "a link in a key": ("x.npz", npz(**{"[x](http://x)": A}), "layer name"),
    "a long key": ("x.npz", npz(**{"k" * 300: A}), "layer name"),
    "markup in a name": ("<script>alert(1)</script>.npz", b"x", "no .npz or a damaged one"),
    "controls in a name": ("\x1b[31m\u202efdp.csv\0.npy", b"x", "does not start"),
    "another kind": ("x.pt", npz(a=A), "none of .npz, .npy and .csv"),
    "no kind": ("x", b"1", "none of .npz, .npy and .csv"),
    "no bytes": ("x.csv", b"", "is empty"),
    "blank": ("x.csv", b"\n \n", "no line with numbers"),
    "a header alone": ("x.csv", b"a,b\n", "no line with numbers"),
    "ragged": ("x.csv", b"1,2\n3\n", "1 values in line 2, 2 in the first"),
    "ragged below a wide line": ("x.csv", b",".join([b"1"] * 60) + b"\n" + b"1\n" * 1000, "1 values in line 2"),
    "a million columns": ("x.csv", b"1," * 300_000, "longer than 64 columns"),
    "a hundred columns": ("x.csv", b",".join([b"1"] * 100), "100 columns, at most 64"),
    "many lines": ("x.csv", b"1\n" * 5000, "lines"),
    "one endless line": ("x.csv", b"1" * 100_000, "longer than"),
    "a gap": ("x.csv", b"1,2\n3,\n", "line 2, column 2 is empty"),
    "markup in a cell": ("x.csv", b"1,2\n3,<b>\n", "line 2, column 2 holds '.b.', no number"),
    "an underscore": ("x.csv", b"1,2\n1_0,2\n", "'1_0', no number"),
    "not text": ("x.csv", b"\xff\xfe\x00\x01", "no text"),
    "latin": ("x.csv", b"1,2\n\xe4,3\n", "no UTF-8"),
    "nul": ("x.csv", b"1,2\n\0,3\n", "no text"),
    "too many bytes": ("x.csv", b"1\n" * 2**20, "more than 1,048,576 bytes"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_refused_calmly(case):
    name, data, message = REFUSED[case]
    with pytest.raises(ValueError, match=message) as refused:
        read_layers(name, data, SMALL)
    assert PLAIN.fullmatch(str(refused.value)) and len(str(refused.value)) < 300


@pytest.mark.parametrize(
    "case", ["huge shape", "huge bytes", "a bomb", "a million columns", "many lines", "many arrays"]
)
def test_nothing_is_allocated_for_what_is_refused(case):
    name, data, _ = REFUSED[case]
    tracemalloc.start()
    try:
        with pytest.raises(ValueError):
            read_layers(name, data, SMALL)
        assert tracemalloc.get_traced_memory()[1] < len(data) + 200_000
    finally:
        tracemalloc.stop()


def test_an_archive_that_declares_less_than_it_holds_is_not_unpacked_further():
    honest = packed({"a.npy": npy(np.zeros((4, 4))) + b"\0" * 2**22})
    size = struct.pack("<I", 128 + 128 + 2**22)
    assert honest.count(size) == 2
    lying = honest.replace(size, struct.pack("<I", 256))
    tracemalloc.start()
    with pytest.raises(ValueError, match="damaged"):
        read_layers("x.npz", lying, SMALL)
    assert tracemalloc.get_traced_memory()[1] < 500_000
    tracemalloc.stop()


def test_a_table_of_contents_beyond_its_bound_is_not_read():
    data = packed({f"{i:0>50}.npy": b"" for i in range(13_000)}, zipfile.ZIP_STORED)
    with pytest.raises(ValueError, match="damaged"):
        read_layers("x.npz", data, FileLimits(layers=10_000))


def test_no_more_of_an_open_file_is_read_than_the_bound():
    class Endless(io.RawIOBase):
        asked = 0

        def read(self, size=-1):
            self.asked += size
            return b"1" * size

    endless = Endless()
    with pytest.raises(ValueError, match="more than 1,048,576 bytes"):
        read_layers("x.csv", endless, SMALL)
    assert endless.asked == 2**20 + 1


def test_paths_and_wrong_sources_are_told(tmp_path):
    for path in (tmp_path / "none.npz", tmp_path):
        with pytest.raises(ValueError, match="cannot be read"):
            read_layers("x.npz", path)
    (tmp_path / "e.csv").write_bytes(b"")
    with pytest.raises(ValueError, match="is empty"):
        read_layers("e.csv", tmp_path / "e.csv")
    for data, message in ((io.StringIO("1,2"), "mode 'rb'"), (3, "neither bytes"), (None, "neither bytes")):
        with pytest.raises(ValueError, match=message):
            read_layers("x.csv", data)


SEEDS = [
    ("x.npz", npz(**{"h.a": A, "h.delta": A})),
    ("x.npz", npz(np.savez_compressed, a=A.astype(np.float32), z=A)),
    ("x.npy", npy(A)),
    ("x.npy", npy(np.asfortranarray(A.astype(">f4")))),
    ("x.csv", b"u;v\n1,5;2\n3;nan\n4;5\n"),
    ("x.csv", "\n".join(",".join(map(str, row)) for row in A[:6]).encode()),
]
EDIT = st.tuples(
    st.sampled_from(("set", "cut", "put", "double", "tail")), st.integers(0, 10**6), st.binary(min_size=1, max_size=8)
)


NAMES = st.characters(codec="utf-8", exclude_characters="\0")
"""What zipfile can write into a name."""


def edited(data, edits):
    for kind, place, piece in edits:
        at = place % (len(data) + 1)
        if kind == "set":
            data = data[:at] + piece + data[at + len(piece) :]
        elif kind == "cut":
            data = data[:at] + data[at + len(piece) :]
        elif kind == "put":
            data = data[:at] + piece + data[at:]
        elif kind == "double":
            data = data[:at] + data[at // 2 :]
        else:
            data = data[: max(1, at)]
    return data


@hypothesis_settings(max_examples=int(os.environ.get("HOSTILE_FILES", "300")), suppress_health_check=list(HealthCheck))
@given(
    st.one_of(
        st.tuples(st.sampled_from(SEEDS), st.lists(EDIT, min_size=1, max_size=4)).map(
            lambda made: (made[0][0], edited(made[0][1], made[1]))
        ),
        st.tuples(st.sampled_from(("x.npz", "x.npy", "x.csv")), st.binary(max_size=400)),
        st.tuples(st.just("x.csv"), st.text(alphabet='0123456789.,;-+e \t\n\r"nainf_<', max_size=80).map(str.encode)),
        st.tuples(
            st.just("x.npy"),
            st.builds(
                headed,
                st.sampled_from(("'<f8'", "'>f4'", "'|u1'", "'|O'", "'<M8[s]'", "'<f16'", "[('a', '<f8')]", "'<i3'")),
                st.sampled_from(("False", "True", "1", "")),
                st.lists(st.integers(-1, 10**20), max_size=3).map(lambda n: str(tuple(n))),
                st.binary(max_size=60),
                st.integers(0, 4),
            ),
        ),
        st.tuples(
            st.just("x.npz"),
            st.dictionaries(st.text(NAMES, max_size=12).map(lambda t: t + ".npy"), st.just(npy(A)), max_size=3).map(
                packed
            ),
        ),
        st.tuples(st.text(max_size=30), st.just(npy(A))),
    )
)
def test_hostile_files_are_read_or_refused_calmly(made):
    name, data = made
    try:
        layers = read_layers(name, data, SMALL)
    except ValueError as refused:
        assert PLAIN.fullmatch(str(refused)) and len(str(refused)) < 300, str(refused)
        return
    for layer, held in layers.items():
        assert PLAIN.fullmatch(layer) and held.a.size <= 2**20
    try:
        report = diagnose(layers).report()
    except ValueError as refused:
        assert PLAIN.fullmatch(str(refused).replace("[", "").replace("]", "")), str(refused)
    else:
        assert PLAIN.fullmatch(report.replace("\n", ""))
