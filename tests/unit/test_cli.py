"""The command line's parsers: every verb, its options, and the names that options had before."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest

from voxview.cli.options import FORMER_NAMES
from voxview.cli.parser import VERBS, parser_for
from voxview.cli.verb import command_line
from voxview.cli.verbs import evaluate
from voxview.errors import InputError


def parse(text: str):
    arguments = shlex.split(text)
    return parser_for(arguments).parse_args(arguments)


def printed_help(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as end:
        parser_for(arguments).parse_args([*arguments, "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed_help(capsys)
    assert text.startswith("usage: voxview [-h]")
    assert all(name in text for name in VERBS)


@pytest.mark.parametrize("name", VERBS)
def test_each_verbs_help_describes_it_and_its_options(capsys: pytest.CaptureFixture[str], name: str) -> None:
    text = printed_help(capsys, name)
    assert text.startswith(f"usage: voxview {name} [-h]")
    assert " ".join(VERBS[name].description.split()) in " ".join(text.split())


@pytest.mark.parametrize("name", VERBS)
def test_help_does_not_show_old_names(capsys: pytest.CaptureFixture[str], name: str) -> None:
    words = printed_help(capsys, name).replace(",", " ").split()
    assert not set(words) & set(FORMER_NAMES.values())


def test_a_morph_takes_remove_crumbs_for_remove_small_components() -> None:
    assert parse("morph --remove-crumbs").remove_small_components is True
    assert parse("morph --remove-small-components").remove_small_components is True
    assert parse("morph").remove_small_components is False


def test_an_evaluation_takes_crumbs_for_small_components() -> None:
    assert parse("evaluate --crumbs 0.01").small_components == 0.01
    assert parse("evaluate --small-components 0.01").small_components == 0.01
    assert parse("evaluate").small_components == 0.0


def test_an_evaluations_command_can_be_run_again_and_leaves_defaults_out() -> None:
    given = "evaluate --data 'a b' --weights study --pairs 20 --crumbs 0.01 --all --no-baselines"
    command = command_line(evaluate.VERB, parse(given))
    assert "--small-components 0.01" in command and "--seed" not in command
    assert parse(command.removeprefix("voxview ")) == parse(given)


def test_a_first_word_that_is_no_verb_is_a_file() -> None:
    assert [str(file) for file in parse("a.obj morph").files] == ["a.obj", "morph"]


def test_a_wrong_argument_is_one_line_that_names_the_help() -> None:
    with pytest.raises(InputError, match=r"'voxview morph --help' shows how it is called") as caught:
        parse("morph --steps many")
    assert "\n" not in str(caught.value)


def test_a_chair_that_is_no_picture_is_found_without_what_pictures_need() -> None:
    code = (
        "import sys; from voxview.cli import main; main(['nearest', 'four-legs-slatted-001', '-k', '1']); "
        "print(*[m for m in ('torch', 'PIL', 'voxview.engine.pictures') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1].strip() == ""
