"""What is used of each machine, and what is said of it: a row each, which `docs/machines.md` has as well."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import smi_reports as smi
import torch
from machine_rows import DISPLAYS, GPUS, Decided, decided, decided_gpu, document_row

from voxview.engine import device
from voxview.engine.doctor import collect
from voxview.engine.doctor.drivers import CUPY, TORCH, Card, cards_in, choose, driver_in
from voxview.engine.doctor.gpu import GpuFacts, gpu_problems, has_kernels_for
from voxview.engine.doctor.kernels import KernelFacts, kernel_problem
from voxview.engine.doctor.packages import OLDEST, OLDEST_PYTHON
from voxview.engine.examination import Examination, examination_of

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "machines.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


# ---- the table --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "found"), [pytest.param(n, f, id=n) for _, n, f in decided()])
def test_a_machine_has_its_row(name: str, found: Decided) -> None:
    assert document_row(name, found) in DOCUMENT.splitlines()


def test_the_table_has_no_other_machines() -> None:
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| ") and line.count("|") == 5]
    named = {line.split(" | ")[0].removeprefix("| ") for line in rows} - {"machine", "display", "packages"}
    assert named == {name for _, name, _ in decided()}


def test_every_problem_has_a_cause_and_a_remedy_of_one_sentence_each() -> None:
    for _, name, (_, problems) in decided():
        for problem in problems:
            for text in (problem.cause, problem.remedy):
                assert text and "\n" not in text and not text.endswith("."), name


@pytest.mark.parametrize("name", [name for name in GPUS if "PyTorch for CUDA" in name and "driver 5" in name])
def test_an_old_driver_is_told_both_ways_back_to_the_gpu(name: str) -> None:
    use, problems = decided_gpu(GPUS[name])
    is_old = "CUDA 13" in name and "580" not in name
    assert use == ("CPU" if is_old else "GPU")
    if is_old and "compute" not in name:
        assert "too old" in problems[0].cause and "580 or newer" in problems[0].remedy
        assert TORCH[12] in problems[0].remedy and CUPY[12] in problems[0].remedy


def test_a_gpu_that_works_is_used_whatever_its_driver_says() -> None:
    """A driver may be older than its number, as where NVIDIA's compatibility package is installed."""
    assert gpu_problems(GpuFacts(smi=smi.D470, torch_cuda="13.0", is_available=True)) == ()


def test_all_that_is_wrong_is_said() -> None:
    facts = GpuFacts(smi=smi.D535, visible="", torch_cuda="13.0")
    assert [problem.cause.split()[0] for problem in gpu_problems(facts)] == ["the", "CUDA_VISIBLE_DEVICES"]


@pytest.mark.parametrize(
    ("capability", "architectures", "runs"),
    [
        ((8, 9), "sm_86", True),
        ((8, 0), "sm_86", False),
        ((9, 0), "sm_86", False),
        ((12, 1), "sm_120", True),
        ((9, 0), "sm_90a", True),
        ((12, 1), "sm_120a", False),
        ((10, 3), "sm_100f", True),
        ((13, 0), "sm_120 compute_120", True),
        ((7, 5), "compute_80", False),
        ((7, 5), "gfx900", False),
    ],
)
def test_a_card_runs_what_is_built_for_its_major_version(
    capability: tuple[int, int], architectures: str, runs: bool
) -> None:
    assert has_kernels_for(capability, architectures.split()) is runs


# ---- what setup.sh installs --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "cards", "cuda", "said"),
    [
        (smi.D470, smi.UNKNOWN_FIELD, None, "525"),
        (smi.D525, smi.TURING, 12, "580 or newer"),
        (smi.D535, smi.HOPPER, 12, "580 or newer"),
        (smi.D570, smi.UNKNOWN_FIELD, 12, "580 or newer"),
        (smi.D580, smi.TURING, 13, "CUDA 13"),
        (smi.D610, smi.HOPPER, 13, "CUDA 13"),
        (smi.D580, smi.VOLTA, 12, "no kernels for NVIDIA TITAN V"),
        (smi.D580, smi.PASCAL, None, "no kernels for it"),
        (smi.D580, smi.MAXWELL + smi.HOPPER, 13, "H100"),
        (smi.NOT_RUNNING, smi.NOT_RUNNING, None, "couldn't communicate"),
        ("", "", None, "prints nothing"),
    ],
)
def test_pytorch_and_cupy_are_chosen_for_driver_and_card(
    output: str, cards: str, cuda: int | None, said: str
) -> None:
    choice = choose(output, cards_in(cards))
    assert choice.cuda == cuda and said in choice.reason and "\n" not in choice.reason


def test_a_driver_says_its_cuda_in_old_words_and_new_or_by_its_number() -> None:
    for output, version, cuda in ((smi.D550, "550.144.03", (12, 4)), (smi.D610, "610.43.02", (13, 3))):
        found = driver_in(output)
        assert found is not None and (found.version, found.cuda) == (version, cuda)
    silent = driver_in("Driver Version: 535.183.01")
    assert silent is not None and silent.cuda == (12, 2)
    assert driver_in(smi.NOT_RUNNING) is None


def test_the_extras_are_the_versions_that_belong_together() -> None:
    extras = PROJECT["optional-dependencies"]
    for cuda in (12, 13):
        assert TORCH[cuda] in extras[f"cuda{cuda}"]
        assert any(package.startswith(f"{CUPY[cuda]}[ctk]") for package in extras[f"cuda{cuda}"])
    for name, version in OLDEST.items():
        assert any(re.match(rf"{name}>={re.escape(version)}(\D|$)", one) for one in PROJECT["dependencies"])
    assert PROJECT["requires-python"] == ">=" + ".".join(map(str, OLDEST_PYTHON))


@pytest.mark.parametrize(
    ("output", "cards", "extra", "pinned"),
    [(smi.D535, smi.TURING, "cuda12", "2.10.0"), (smi.D580, smi.HOPPER, "cuda13", ""), (None, "", "", "")],
)
def test_setup_installs_what_was_chosen(
    tmp_path: Path, output: str | None, cards: str, extra: str, pinned: str
) -> None:
    """The real setup.sh, with a pip that only writes down what it is called with."""
    for name in ("pyproject.toml", "constraints.txt", "constraints-cuda12.txt", "packaging", "voxview"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "packaging").unlink()
    (tmp_path / "packaging").mkdir()
    for name in ("setup.sh", "choose_gpu.py"):
        script = tmp_path / "packaging" / name
        script.write_bytes((ROOT / "packaging" / name).read_bytes())
        script.chmod(0o755)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    program(programs / "python", 'echo "$*" >>"$(dirname "$0")/calls"; [ "$3" != show ]')
    path = tmp_path / "path"
    path.mkdir()
    if output is not None:
        query = f'case "$*" in *query*) cat <<"END"\n{cards}END\n;; *) cat <<"END"\n{output}END\n;; esac'
        program(path / "nvidia-smi", query)
    done = subprocess.run(
        [tmp_path / "packaging" / "setup.sh"],
        env={"PATH": f"{path}:{Path(sys.executable).parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    calls = (programs / "calls").read_text().splitlines()
    wanted = re.compile(r"--editable \.\[(?:meshopt,)?films(?:,(\w+))?\]$")
    assert [found[1] or "" for call in calls if (found := wanted.search(call))] == [extra]
    assert sum(call.startswith("-m compileall") for call in calls) == 1
    constraints = (tmp_path / ".venv" / "constraints.txt").read_text()
    ours = re.findall(r"^torch==(.*)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    assert re.findall(r"^torch==(.*)$", constraints, re.MULTILINE) == ([pinned] if pinned else ours)
    assert ("580 or newer" in done.stdout) is (extra == "cuda12")


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


# ---- the facts, and what is said of them ---------------------------------------------------------------


def test_a_card_without_kernels_is_found_by_its_first_kernel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """PyTorch says that such a card is available."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("CUDA error: no kernel image is available for execution on the device\nmore lines")

    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch._C, "_cuda_getArchFlags", lambda: "sm_75 sm_80", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA TITAN V")
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (7, 0))
    monkeypatch.setattr(torch.cuda, "mem_get_info", fail)
    monkeypatch.setattr(torch, "zeros", fail)
    program(tmp_path / "nvidia-smi", f'cat <<"END"\n{smi.D580}END')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    report = device.find_devices()
    assert report.devices == ("cpu",) and report.backends == ("numpy",)
    for line in (report.sentence(), report.cuda_problem or "", report.kernel_problem or ""):
        assert "NVIDIA TITAN V (compute capability 7.0)" in line and "torch<2.11" in line and "\n" not in line


def test_a_driver_that_says_nothing_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path / "nvidia-smi", "exec sleep 60")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(collect, "_PATIENCE", 0.1)
    assert "said nothing" in (collect.smi_output("nvidia-smi") or "")
    assert collect.smi_output("no-such-program") is None


def test_the_driver_and_the_card_that_linux_knows_are_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module = tmp_path / "version"
    module.write_text("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 2024\n")
    for address, vendor, kind in (("01:00.0", "0x10de", "0x030000"), ("00:1f.3", "0x8086", "0x040300")):
        (tmp_path / "bus" / address).mkdir(parents=True)
        (tmp_path / "bus" / address / "vendor").write_text(f"{vendor}\n")
        (tmp_path / "bus" / address / "class").write_text(f"{kind}\n")
    monkeypatch.setattr(collect, "_MODULE", module)
    monkeypatch.setattr(collect, "_BUS", tmp_path / "bus")
    assert collect.loaded_module() == "535.183.01" and collect.has_card() is True
    (tmp_path / "bus" / "01:00.0" / "vendor").write_text("0x1002\n")
    assert collect.has_card() is False
    monkeypatch.setattr(collect, "_MODULE", tmp_path / "none")
    monkeypatch.setattr(collect, "_BUS", tmp_path / "none")
    assert collect.loaded_module() is None and collect.has_card() is None


def examination(name: str, display: str = "X") -> Examination:
    """What `voxview doctor` says of a machine of the table."""
    row = GPUS[name]
    problems = gpu_problems(row.gpu)
    kernels = None if problems else kernel_problem(row.kernels, row.gpu.cuda)
    reason = problems[0].sentence() if problems else None
    report = device.DeviceReport(
        cpu="a CPU",
        threads=2,
        cuda=None if problems else "a GPU",
        cuda_problem=reason,
        kernel_problem=reason or (kernels.sentence() if kernels else None),
        problems=problems or ((kernels,) if kernels else ()),
    )
    versions = {"numpy": "1.26.4", "torch": row.gpu.torch, **row.kernels.packages}
    return examination_of(row.gpu, report, DISPLAYS[display], versions, (3, 11))


@pytest.mark.parametrize(
    ("name", "display", "words"),
    [
        (
            "driver 580, PyTorch for CUDA 13",
            "X",
            ["Networks: a GPU", "580.95.05 (CUDA 13.0)", "Nothing is missing"],
        ),
        (
            "driver 535, PyTorch for CUDA 13",
            "X",
            ["the CPU, 2 threads", "GPU: the NVIDIA driver", "To do: update"],
        ),
        (
            "CuPy missing",
            "X without GLX",
            ["Blending: PyTorch and NumPy", "X without GLX, OpenGL by llvmpipe"],
        ),
        ("a card without its driver", "no display", ["an NVIDIA card", "none that answers", "Window:   no"]),
        ("no NVIDIA card", "no OpenGL", ["Note: nothing is missing", "without OpenGL", "still pictures"]),
        ("the GPU's memory is full", "Wayland without XWayland", ["0.1 of 79.2 GiB free", "Wayland, OpenGL"]),
    ],
)
def test_doctor_says_what_was_found_what_is_used_and_what_to_do(
    name: str, display: str, words: list[str]
) -> None:
    text = examination(name, display).text()
    assert [word for word in words if word not in text] == []
    for problem in examination(name, display).problems:
        assert f"{problem.cause}.\n" in text and f"{problem.remedy}." in text


def test_the_window_and_doctor_say_the_same_sentence() -> None:
    facts = GPUS["driver 535, PyTorch for CUDA 13"].gpu
    report = device.devices_of(facts)
    assert report.cuda_problem == report.problems[0].sentence()
    assert report.problems[0].remedy in report.sentence() and report.problems[0].cause in report.sentence()
    record = examination_of(facts, report, DISPLAYS["X"], {}, (3, 11)).record()
    assert record["problems"][0]["remedy"] == report.problems[0].remedy


def test_kernels_that_cannot_be_kept_are_a_problem_with_a_remedy() -> None:
    facts = GPUS["driver 580, PyTorch for CUDA 13"].gpu
    report = device.DeviceReport("a CPU", 2, "a GPU", None, None, cache_problem="/home: read-only")
    problems = examination_of(facts, report, DISPLAYS["X"], {}, (3, 11)).problems
    assert len(problems) == 1 and "/home: read-only" in problems[0].cause
    assert "CUPY_CACHE_DIR" in problems[0].remedy


def test_where_nothing_is_wrong_the_window_gives_no_advice() -> None:
    assert device.devices_of(GpuFacts()).sentence().endswith("No GPU: no NVIDIA GPU was found")


def test_a_gpu_without_cupy_is_used_for_the_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Tesla T4")
    monkeypatch.setattr(device, "_kernel_problems", lambda: ("CuPy is not installed: install it", {}))
    monkeypatch.setattr(device, "find_kernel_facts", lambda failure: KernelFacts(failure=failure))
    report = device.devices_of(GPUS["driver 580, PyTorch for CUDA 13"].gpu)
    assert (report.cuda, report.best_device, report.backends) == ("Tesla T4", "cuda", ("numpy",))
    assert report.sentence().endswith(f"CuPy is not installed; install it: pip install '{CUPY[13]}[ctk]'")


def test_cards_are_listed_with_what_they_can() -> None:
    assert cards_in(smi.VOLTA + "NVIDIA T400, [N/A]\n") == (
        Card("NVIDIA TITAN V", (7, 0)),
        Card("NVIDIA T400"),
    )
