"""`/yours` through the entry point: its numbers by another route, and what becomes of a visitor's file."""

import io
import itertools
import logging
import pickle
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.formparsers import MultiPartParser
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from core.diagnosis.records import read_record
from core.network import mlp
from core.network.training import Trainer, Training
from dashboard.look.formats import percent, three
from dashboard.topics.yours import frames
from dashboard.topics.yours.settings import LIMITS, WAITING
from dashboard.ui import uploads
from dashboard.ui.cache import one_at_a_time
from tests import breadth
from tests.apptest import ROOT, assert_calm, datasets, open_page, read_page, run_snippet, said, tables
from tests.bench.links import MARK, Watch
from tests.breadth import wide
from tests.topics.test_clicks import click

NAME = f"{MARK}.npz"


def npz(**arrays: Any) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def drop(at: AppTest, content: bytes, name: str = NAME) -> AppTest:
    """Drop a file on the page as a visitor does."""
    at.file_uploader[0].set_value((name, content, "application/octet-stream"))
    return at.run()


def refusal(at: AppTest) -> str:
    assert_calm(at)
    (box,) = at.warning
    return str(box.value)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[MemoryUploadedFileManager]]:
    """The managers that hold uploaded files in memory."""
    managers: list[MemoryUploadedFileManager] = []
    plain = MemoryUploadedFileManager.__init__

    def watched(self: MemoryUploadedFileManager, *args: Any) -> None:
        plain(self, *args)
        managers.append(self)

    monkeypatch.setattr(MemoryUploadedFileManager, "__init__", watched)
    yield managers


def ratio(a: np.ndarray, bias: bool) -> float:
    """How many times larger eta may be once centred, by singular values."""
    tops = []
    for one in (a, a - a.mean(axis=0)):
        full = np.hstack([one, np.ones((len(one), 1))]) if bias else one
        tops.append(np.linalg.svd(full, compute_uv=False)[0] ** 2)
    return float(tops[0] / tops[1])


def example_inputs() -> list[np.ndarray]:
    trainer = Trainer(Training(("sigmoid",), (0.5,), 64, 400, 32, 3, seeds=1))
    result = mlp.forward(trainer.nets, trainer.data.x[None])
    return [np.array(a[0]) for a in result.a]


def test_the_example_in_numbers():
    at = open_page("yours")
    assert_calm(at)
    layers = example_inputs()[:4]
    times = {bias: [ratio(a, bias) for a in layers] for bias in (True, False)}
    numbers = tables(at)
    assert numbers[0]["*η* × once centred"] == [three(times[True][3]), three(times[False][3])]
    assert [row[0] for row in numbers[1].values()] == [three(value) for value in times[True]]
    assert f"might be **{three(times[True][3])} times** larger (a bias counted in, before and after)" in said(at)
    mean = layers[3].mean(axis=0)
    assert (
        f"{percent(1 - float(mean @ mean / (layers[3] ** 2).sum(axis=1).mean()))} of their mean square is variation"
        in said(at)
    )
    bare = open_page("yours", yours_bias="without a bias")
    assert f"might be **{three(times[False][3])} times** larger (no bias, before and after)" in said(bare)
    assert times[False][3] > 1000 > 20 > times[True][3]
    at.radio(key="yours_guess").set_value("hidden 1").run()
    (reveal,) = [m.value for m in at.markdown if m.value.startswith("**No: output.**")]
    for value in times[False]:
        assert three(value) in reveal


def test_the_picture_is_the_spectrum():
    at = read_page("yours")
    drawn, a = datasets(at, 0), example_inputs()[3]
    for row, one in ((0, a), (2, a - a.mean(axis=0))):
        full = np.hstack([one, np.ones((len(one), 1))])
        wanted = np.linalg.eigvalsh(full.T @ full / len(full))
        shown = drawn["ticks"].query(f"row == {row}")["curvature"]
        assert shown.to_numpy() == pytest.approx(wanted, rel=1e-6)
    assert drawn["gap"]["high"][0] / drawn["gap"]["low"][0] == pytest.approx(ratio(a, True))
    assert drawn["note"]["text"].str.len().max() <= 48 and drawn["names"]["text"].str.len().max() <= 48


def test_a_click_on_a_unit_shows_its_values():
    at = click(open_page("yours"), "yours_units", unit=7, parity=0)
    assert_calm(at)
    assert at.session_state["yours_unit"] == 7
    a = example_inputs()[3][:, 7]
    assert (
        f"**Unit 7**: mean {three(a.mean())}, spread {three(a.std())}, from {three(a.min())} to {three(a.max())}"
        in said(at)
    )
    bars = datasets(at, 2)["bars"]
    assert bars["share"].sum() == pytest.approx(1) and bars["low"][0] == a.min()
    held_still = click(open_page("yours", yours_lock=["unit"]), "yours_units", unit=7, parity=0)
    assert held_still.session_state["yours_unit"] == 0


def test_a_dead_unit_is_a_cross():
    at = read_page("yours", yours_variant="ReLU", yours_trained="after training", yours_unit="27")
    drawn = datasets(at, 1)["units"]
    assert drawn[drawn["dead"]]["unit"].tolist() == [27]
    assert "**Unit 27** is 0 for every sample" in said(at) and "1 of 32 is 0 for every sample" in said(at)
    assert "1 unit is dead and learns nothing from these samples" in said(at)


def test_a_file_gets_its_verdict_and_is_let_go(held):
    rng = np.random.default_rng(0)
    a, b = 2 + rng.random((60, 5)), rng.standard_normal((60, 4))
    at = drop(open_page("yours"), npz(**{"one.a": a, "one.delta": rng.standard_normal((60, 3)), "two.a": b}))
    assert_calm(at)
    assert not at.warning
    # The layer that the example stood at, or the last.
    assert f"In your file `{NAME}`, take the weights of layer `two`" in said(at)
    assert [row[0] for row in tables(at)[1].values()] == [three(ratio(a, True)), three(ratio(b, True))]
    at.selectbox(key="yours_own_layer").set_value("one").run()
    assert f"layer `one`. Were their inputs centred, the learning rate *η* might be **{three(ratio(a, True))}" in said(
        at
    )
    assert "Saturation is not stated: if these are outputs of units, name their activation" in said(at)
    at.selectbox(key="yours_activation").set_value("ReLU").run()
    assert "0 % of the outputs are saturated (ReLU: a = 0)" in said(at)
    assert all(not files for manager in held for files in manager.file_storage.values()), "the file is still in memory"
    assert MARK not in str(dict(at.query_params))
    at.button(key="yours_forget").click().run()
    assert "In the example" in said(at) and MARK not in said(at)
    assert_calm(at)


def test_the_link_and_the_snippet_hold_no_file():
    at = drop(open_page("yours"), npz(a=np.random.default_rng(1).random((9, 3))))
    at.session_state["yours_share"] = True
    at.run()
    codes = [code.value for code in at.code]
    assert not any(MARK in code for code in codes)
    assert "Your file is not in the link" in said(at)
    assert any('read_layers("layers.npz"' in code for code in codes)
    assert open_page("yours", **{"yours_bias": "with a bias"}).title


def test_a_new_file_takes_the_place_of_the_last_and_a_bad_one_leaves_the_example():
    rng = np.random.default_rng(0)
    at = drop(open_page("yours"), npz(first=rng.random((9, 3))))
    assert "layer `first`" in said(at)
    at = drop(at, npz(second=rng.random((9, 3))))
    assert "layer `second`" in said(at) and "`first`" not in said(at)
    assert "was not read" in refusal(drop(at, b"nonsense"))
    assert "In the example" in said(at)


def bomb() -> bytes:
    """An archive of 20 kB that unpacks to 20 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (5000, 1000)})
        file.writestr("a.npy", header.getvalue() + bytes(20_000_000))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.npy", pickle.dumps([1, 2]), "is a pickle"),
        ("x.npz", bomb(), "save a slice"),
        ("x.npy", b"", "is empty"),
        ("x.csv", b"1," * 1_000_000, "save a slice"),
        ("x.txt", b"1,2", "is none of \\.npz"),
        ("<img src=x onerror=alert(1)>.npy", b"nonsense", "does not start as a \\.npy"),
        ("[x](javascript:alert(1)).csv", b"a,b\nc,d", "x"),
        (
            "x.npy",
            b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999, 4), }",
            "x",
        ),
        ("x.npz", npz(**{f"layer {k}": np.ones((2, 2)) for k in range(LIMITS.layers + 1)}), "save fewer"),
        ("x.npz", npz(**{f"layer {k}": np.ones((2, 2048), "i1") for k in range(5)}), "8,192"),
        ("x.npz", npz(a=np.array([[1.0, np.nan], [0.0, 1.0]])), "not a number"),
    ],
    ids=["pickle", "bomb", "empty", "columns", "kind", "markup", "link", "liar", "layers", "units", "nan"],
)
def test_a_hostile_file_is_refused_in_words(name, content, words):
    watch, logger = Watch(), logging.getLogger()
    logger.addHandler(watch)
    try:
        at = drop(open_page("yours"), content, name)
    finally:
        logger.removeHandler(watch)
    text = refusal(at)
    assert words.replace("\\", "") in text.replace("\\", "")
    assert not set("<>[]`") & set(text.replace("\\[", "").replace("\\]", "")), "markup"
    assert len(at.get("vega_lite_chart")) == 3 and "In the example" in said(at)
    logged = "\n".join(line for line in watch.lines if "ScriptRunContext" not in line)
    assert "onerror" not in logged and "Traceback" not in logged


WHOLE = npz(**{"h.a": np.linspace(0, 1, 24).reshape(8, 3), "h.delta": np.ones((8, 2)), "o.a": np.eye(8)[:, :4]})
TABLE = b"u,v,delta\n" + b"".join(b"%d,%d,1\n" % (k, k * k) for k in range(9))


@st.composite
def mangled(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good file with bytes changed, cut out or put in; or no file at all; under any name."""
    kind = draw(st.sampled_from([".npz", ".npy", ".csv", ".NPZ", "", ".exe"]))
    content = bytearray(draw(st.sampled_from([WHOLE, WHOLE, TABLE, npz(a=np.ones((3, 2)))[40:], b""])))
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, max(0, len(content))))
        match draw(st.integers(0, 2)):
            case 0 if place < len(content):
                content[place] = draw(st.integers(0, 255))
            case 1:
                del content[place : place + draw(st.integers(1, 40))]
            case _:
                content[place:place] = draw(st.binary(max_size=30))
    name = draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
    return name + kind, bytes(content)


@settings(max_examples=breadth.drawn(150, 400), suppress_health_check=[HealthCheck.too_slow])
@given(mangled())
def test_whatever_is_read_is_a_record_or_a_sentence(file):
    name, content = file
    try:
        record = read_record(name, content, LIMITS)
    except ValueError as error:
        assert "\n" not in str(error) and len(str(error)) < 500
    else:
        for layer, one in zip(record.read("relu").layers, record.layers, strict=True):
            for bias in (True, False):
                frames.spectrum(frames.pair(layer, bias), ("", ""), "")
            frames.units(layer, 0, 0)
            frames.histogram(one, layer, 0)


ODD = {
    "constant": np.full((6, 3), 0.25),
    "dead": np.zeros((6, 3)),
    "one unit": np.linspace(-1, 1, 6)[:, None],
    "few samples": np.random.default_rng(0).random((2, 40)),
    "tiny": np.random.default_rng(0).random((6, 3)) * 1e-90,
    "huge": np.random.default_rng(0).random((6, 3)) * 1e90,
    "unlike": np.random.default_rng(0).random((6, 3)) * [1.0, 1e-200, 1e-310],
    "wide": np.random.default_rng(0).random((9, 700)),
    "whole numbers": np.arange(12, dtype="i2").reshape(4, 3),
}


@pytest.mark.parametrize(
    ("kind", "bias"),
    wide(
        itertools.product(ODD, ("with a bias", "without a bias")),
        *((kind, "with a bias") for kind in ODD),
        *((kind, "without a bias") for kind in ("constant", "dead", "one unit", "few samples")),
    ),
)
def test_odd_layers_have_a_page(kind, bias):
    a = ODD[kind]
    at = open_page("yours", yours_bias=bias, yours_activation="ReLU", yours_deeper="true", yours_unit="4000")
    at = drop(at, npz(**{"x.a": a, "x.delta": np.ones((len(a), 2))}))
    assert_calm(at)
    assert not at.warning
    assert not {" nan", " inf", "none times"} & {
        word for word in (" nan", " inf", "none times") if word in said(at).lower().replace("infinite", "")
    }
    if kind == "wide":
        assert f"A slice: {frames.DRAWN:,} of 700 units" in said(at)
        assert frames.DRAWN <= len(datasets(at, 1)["units"]) <= frames.DRAWN + 1
    if kind == "few samples":
        assert "the matrices are singular" in said(at)


def test_names_in_a_file_are_not_marked_up():
    name = "www.example.com_x_ :smile: https://example.com"
    at = drop(open_page("yours"), npz(**{name: np.random.default_rng(0).random((6, 3))}))
    assert f"layer `{name}`" in said(at)
    assert_calm(at)


def test_the_server_takes_what_the_page_takes_and_keeps_it_off_the_disk():
    open_page("yours")
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] * 2**20 == LIMITS.file_bytes < MultiPartParser.spool_max_size


@pytest.fixture
def desk() -> uploads.Desk[Any]:
    """The page's desk, which there is from its first run on: a process that has run no other test yet has none."""
    open_page("yours")
    return uploads._DESKS["yours"]


def test_beyond_what_may_wait_a_file_is_refused_and_let_go(desk, held, monkeypatch):
    assert desk.most == WAITING == 50 * LIMITS.file_bytes
    monkeypatch.setattr(desk, "_waiting", WAITING - 10)
    at = open_page("yours")
    assert "Many files are being read just now" in refusal(drop(at, npz(a=np.ones((3, 3)))))
    assert all(not files for manager in held for files in manager.file_storage.values())
    assert desk._waiting == WAITING - 10
    monkeypatch.setattr(desk, "_waiting", 0)
    assert not drop(at, npz(a=np.random.default_rng(0).random((3, 3)))).warning
    assert desk._waiting == 0


def test_a_file_waits_for_its_turn(desk, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def slow(name: str, *rest: Any) -> Any:
        if name == "first.npz":
            begun.set()
            go_on.wait(20)
        return read_record(name, *rest)

    monkeypatch.setattr(desk, "_read", one_at_a_time(slow))
    content = npz(a=np.random.default_rng(0).random((9, 3)))
    before = threading.Thread(target=desk._read, args=("first.npz", content, LIMITS))
    before.start()
    begun.wait(20)
    threading.Timer(0.3, go_on.set).start()
    at = drop(open_page("yours"), content)
    before.join()
    assert_calm(at)
    assert "In your file" in said(at) and go_on.is_set()


def test_without_memory_a_file_is_refused(desk, monkeypatch):
    def exhausted(*args: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(desk, "_read", exhausted)
    assert "no memory for this file" in refusal(drop(open_page("yours"), npz(a=np.ones((3, 3)))))


def test_two_visitors_do_not_see_each_others_files():
    rng = np.random.default_rng(0)
    one, two = open_page("yours"), open_page("yours")
    drop(one, npz(mine=rng.random((9, 3))))
    assert "`mine`" in said(one)
    assert "`mine`" not in said(two.run()) and "`mine`" not in said(read_page("yours"))


@pytest.mark.parametrize("key", ["sigmoid", "tanh"])
def test_the_snippet_prints_the_numbers_of_the_page(key):
    at = open_page(
        "yours", yours_variant=key, yours_trained="after training", yours_below="25 %", yours_layer="hidden 2"
    )
    at.session_state["yours_share"] = True
    at.run()
    (snippet,) = [code.value for code in at.code if "from core" in code.value]
    times, bare, kappa, _, saturated = map(float, run_snippet(snippet).split())
    numbers = tables(at)
    assert numbers[0]["*η* × once centred"] == [three(times), three(bare)]
    assert numbers[0]["*κ*, as captured"][0] == three(kappa)
    assert numbers[1]["`hidden 2`"][1] == percent(saturated)


@pytest.mark.parametrize("recipe", ["PyTorch", "Keras", "JAX", "scikit-learn"])
def test_each_recipe_is_there_to_copy(recipe):
    at = read_page("yours", yours_recipe=recipe)
    assert at.code[0].value.startswith(("import", "from")) and "np.savez(path, **arrays)" in at.code[0].value
    assert "Tried with" in said(at)


def test_each_layer_of_a_file_may_have_its_own_activation():
    rng = np.random.default_rng(3)
    a, b = rng.random((40, 5)), np.maximum(rng.standard_normal((40, 4)), 0)
    at = drop(open_page("yours", yours_activation="sigmoid"), npz(**{"one.a": a, "two.a": b}))
    at.selectbox(key="yours_own_activation_1").set_value("ReLU").run()
    assert_calm(at)
    saturated = [row[1] for row in tables(at)[1].values()]
    edge = 0.010102051443364402  # where sigma (1 - sigma) is a hundredth
    assert saturated == [percent(((a < edge) | (a > 1 - edge)).mean()), percent((b == 0).mean())]
    at.session_state["yours_share"] = True
    at.run()
    assert any("activation={'two': 'relu'}" in code.value for code in at.code)
    at.selectbox(key="yours_own_layer").set_value("one").run()
    assert at.selectbox(key="yours_own_activation_0").value == "as for all layers"
    at.button(key="yours_forget").click().run()
    assert_calm(at)
