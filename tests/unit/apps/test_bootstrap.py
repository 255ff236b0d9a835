"""What a fresh machine lacks is said before anything is installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

BOOTSTRAP = Path(__file__).parents[3] / "scripts" / "bootstrap"
OLD = 'case "$*" in *version_info*) exit 1;; --version) echo Python 3.9.2;; esac'
WITHOUT_PIP = 'case "$*" in *pip*) exit 1;; esac'


@pytest.mark.parametrize(
    ("python", "said"),
    [
        (OLD, "Shiftline needs Python 3.11 or later as python3; here it is: Python 3.9.2\n"),
        (WITHOUT_PIP, "Shiftline needs pip: python3 -m pip does not run (Debian has it in python3-pip).\n"),
    ],
)
def test_a_machine_without_what_is_needed_is_told(tmp_path: Path, python: str, said: str) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(BOOTSTRAP, tmp_path / "scripts")
    stand_in = tmp_path / "python3"
    stand_in.write_text(f"#!/bin/sh\n{python}\n")
    stand_in.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    script = tmp_path / "scripts" / "bootstrap"
    done = subprocess.run([script], env={"PATH": path}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, said)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["python3", "scripts"]
