"""`python -m core.diagnosis`, as a person at a terminal would call it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core import diagnose, read_layers
from core.diagnosis import __main__ as program

ROOT = Path(__file__).parents[3]
RNG = np.random.default_rng(0)
A, DELTA = RNG.random((60, 5)), RNG.standard_normal((60, 3))


@pytest.fixture
def files(tmp_path):
    np.savez(tmp_path / "net.npz", **{"one.a": A, "one.delta": DELTA, "two.a": A, "two.delta": DELTA})
    np.save(tmp_path / "alone.npy", A.astype(np.float32))
    np.savetxt(tmp_path / "table.csv", A, delimiter=",")
    (tmp_path / "bad.npz").write_bytes(b"\x80\x04 no")
    np.save(tmp_path / "nan.npy", np.full((3, 2), np.nan))
    return tmp_path


def run(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "core.diagnosis", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
    )


def test_a_file_gives_its_report_and_nothing_on_the_error_output(files):
    done = run("net.npz", "--activation", "sigmoid", cwd=files)
    found = diagnose(read_layers("net.npz", files / "net.npz"), activation="sigmoid")
    assert done.returncode == 0 and done.stderr == "" and done.stdout == found.report() + "\n"
    assert "saturated: " in done.stdout and "predicts steps of plain gradient descent only" in done.stdout


def test_several_files_each_have_a_title_and_a_bad_one_does_not_stop_the_others(files, capsys):
    paths = [str(files / name) for name in ("alone.npy", "bad.npz", "nan.npy", "table.csv", "gone.csv")]
    assert program.main(paths) == 2
    out, err = capsys.readouterr()
    assert out.count("== ") == 2 and out.count("60 samples x 5 units") == 2
    assert [line.partition(":")[0] for line in err.splitlines()] == ["bad.npz", "nan.npy", "gone.csv"]
    assert "a pickle" in err and "layer.a[0, 0] is not a number" in err and "No such file" in err


@pytest.mark.parametrize("call", [[], ["x.npy", "--activation", "sigmoyd"], ["--share", "much", "x.npy"]])
def test_a_wrong_call_ends_with_2_and_says_how_to_call(call, capsys):
    with pytest.raises(SystemExit) as ended:
        program.main(call)
    assert ended.value.code == 2 and "usage: python -m core.diagnosis" in capsys.readouterr().err


def test_a_share_out_of_range_is_a_message(files, capsys):
    assert program.main([str(files / "alone.npy"), "--share", "2"]) == 2
    assert "share = 2.0" in capsys.readouterr().err


def test_long_work_shows_its_progress_on_the_error_output(files, monkeypatch, capsys):
    monkeypatch.setattr(program, "QUIET_FOR", -1.0)
    monkeypatch.setattr(program, "EVERY", -1.0)
    assert program.main([str(files / "net.npz")]) == 0
    out, err = capsys.readouterr()
    shares = [float(line.partition(":")[2].strip(" %\n")) for line in err.split("\r")[1:]]
    assert "%" not in out.partition("\n")[0] and len(shares) > 6
    assert shares == sorted(shares) and shares[-1] == 100 and err.endswith("\n")


def test_a_reader_that_leaves_early_is_no_error(files):
    command = f"{sys.executable} -m core.diagnosis {' '.join(['net.npz'] * 40)} | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, cwd=files, env={"PYTHONPATH": str(ROOT)}
    )
    assert done.stdout == "== net.npz\n" and done.stderr == "" and done.returncode == 0
