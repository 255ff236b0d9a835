"""The documents say what is: reasons, errors, dependencies, commands, decisions, the map, and every link."""

import ast
import json
import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path
from typing import Any, cast, get_args

import pytest

from shiftline.access.rules.irrelevances import TIME_OFF_STATES
from shiftline.apps.commands import app
from shiftline.foundation import errors
from shiftline.foundation.web.errors import STATUS_CODES
from shiftline.identity.model import PersonState
from shiftline.routing.rules.sentences import SENTENCES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "shiftline"
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]
ENFORCED = "## Enforced by"


def read(name: str) -> str:
    return (DOCS / name).read_text()


# Reasons


def codes_in(room: str) -> set[str]:
    """Every code of a ``Reason`` or ``Irrelevance`` that a room's rules make."""
    return {
        code for node in calls_in(room) if named(node) in ("Reason", "Irrelevance") for code in spelled(code_of(node))
    }


def calls_in(room: str) -> list[ast.Call]:
    """Every call of something by its plain name in a room's rules."""
    files = [SOURCE / room / "rules.py", *(SOURCE / room / "rules").glob("*.py"), *(SOURCE / room).glob("*/rules.py")]
    trees = [ast.parse(file.read_text()) for file in files if file.exists()]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Name)]


def named(call: ast.Call) -> str:
    return cast("ast.Name", call.func).id


def code_of(call: ast.Call) -> ast.expr:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    return named[0] if named else call.args[0]


def spelled(code: ast.expr) -> list[str]:
    """The texts that an expression for a code can be."""
    match code:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return [*spelled(one), *spelled(other)]
        case ast.JoinedStr(values=[ast.Constant(value="person."), _]):
            return [f"person.{state}" for state in get_args(PersonState)]
        case ast.JoinedStr(values=[ast.Constant(value="timeoff."), _]):
            return [f"timeoff.{state}" for state in TIME_OFF_STATES.values()]
        case ast.Attribute(attr="code"):
            return []  # of one of routing's hindrances, or of a gate that was made before
        case _:
            pytest.fail(f"a code that this test cannot read: {ast.unparse(code)}")


def all_codes() -> set[str]:
    rooms = ("access", "identity", "authorization", "recordings")
    return {code for room in rooms for code in codes_in(room)} | set(SENTENCES)


HEADINGS = {
    "it refuses": ("What lifts it", "What does not lift it"),
    "it could not be known": ("What lifts it", "What does not lift it"),
    "it lets through": ("What ends it", "What does not end it"),
    "a fact that is no cause": ("Why it is no cause",),
    "a warning": ("What lifts it",),
}
"""What a page has beside what its code means and how it comes about, by what the code is."""


def test_every_reason_has_its_page_and_no_page_is_left_over() -> None:
    codes = all_codes()
    assert len(codes) > 80
    assert {page.stem for page in (DOCS / "why").iterdir()} == codes


@pytest.mark.parametrize("code", sorted(all_codes()))
def test_the_page_of_a_reason_is_whole(code: str) -> None:
    page = read(f"why/{code}.md")
    title, what = re.findall(r"^# (\S.+)$|^`(\S+)`: ([a-z ]+) \(.+\)\.$", page, re.MULTILINE)
    assert title[0], "a title in words"
    assert what[1] == code
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert headings == ["What it means", "How it comes about", *HEADINGS[what[2]]]
    assert all(len(part.strip()) > 5 for part in re.split(r"^## .+$", page, flags=re.MULTILINE)[1:])


def test_the_index_of_reasons_lists_each_with_its_title() -> None:
    listed = dict(
        re.findall(r"^\| \[\S+\]\(\.\./why/(\S+)\.md\) \| ([^|]+) \|", read("reference/reasons.md"), re.MULTILINE)
    )
    titles = {code: read(f"why/{code}.md").partition("\n")[0].removeprefix("# ") for code in all_codes()}
    assert listed == titles


# Errors


def test_the_table_of_errors_names_every_refusal_and_code() -> None:
    page = read("reference/errors.md")
    kinds = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.Refusal) and kind is not errors.Refusal
    }
    for name in kinds:
        assert re.search(rf"^\| `{name}` ", page, re.MULTILINE), name
    for status, code in STATUS_CODES.items():
        assert re.search(rf"^\|.*\| {status} \|.*`{code}`|^\| {status} \| `{code}`", page, re.MULTILINE), (status, code)


# Commands


def test_every_command_and_flag_is_described() -> None:
    page = read("reference/cli.md")
    commands = [name for name in app if not name.startswith("-")]
    assert {"serve", "demo", "why"} <= set(commands)
    for name in commands:
        section = re.search(rf"^## {name}$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
        assert section is not None, name
        flags = {
            flag
            for argument in app[name].assemble_argument_collection()
            for flag in argument.names
            if flag.startswith("--")
        }
        inherited = page if name == "demo" else section[1]
        for flag in flags:
            assert flag in inherited or flag.startswith("--no-"), (name, flag)


# Dependencies

ROWS = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def listed(heading: str) -> dict[str, tuple[str, str]]:
    """Version and licence by package, of one of the page's tables."""
    section = read("dependencies.md").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = ROWS.findall(section)
    assert all(len(why) > 3 for *_, why in rows)
    return {name: (version.strip(), licence.strip()) for name, version, licence, _ in rows}


def locked() -> dict[str, str]:
    found = re.findall(
        r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", (ROOT / "requirements-dev.lock").read_text(), re.MULTILINE
    )
    return dict(found)


def licence_words(name: str) -> set[str]:
    """The licences that a package's own metadata names, as words to compare by."""
    about = metadata(name)
    classifiers = [c.rsplit("::", 1)[-1] for c in about.get_all("Classifier", []) if c.startswith("License")]
    named = [line[:100] for field in ("License-Expression", "License") for line in about.get_all(field, [])]
    texts = [*named, *classifiers]
    files = [about_file(name)] if not "".join(texts).strip() else []
    return set(re.findall(r"MIT|Apache|BSD|LGPL|MPL|PSF", " ".join([*texts, *files])))


def about_file(name: str) -> str:
    from importlib.metadata import files

    return next((file.read_text()[:200] for file in files(name) or () if "LICENSE" in file.name.upper()), "")


@pytest.mark.parametrize(
    ("heading", "group"),
    [("Python, to run", "project"), ("Python, to develop", "dev"), ("Python, to build", "build-system")],
)
def test_python_dependencies_are_listed_with_version_and_licence(heading: str, group: str) -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted: list[str] = {
        "project": project["project"]["dependencies"],
        "dev": project["dependency-groups"]["dev"],
        "build-system": project["build-system"]["requires"],
    }[group]
    names = {re.split(r"[\[<>=~! ]", requirement)[0].lower() for requirement in wanted}
    table = listed(heading)
    assert set(table) == names
    if group == "build-system":
        return
    for name, (version, licence) in table.items():
        assert version == locked()[name], name
        assert set(re.findall(r"MIT|Apache|BSD|LGPL|MPL|PSF", licence)) == licence_words(name), name


@pytest.mark.parametrize(
    ("heading", "kind"), [("The page, to run", "dependencies"), ("The page, to develop", "devDependencies")]
)
def test_the_pages_dependencies_are_listed_with_version_and_licence(heading: str, kind: str) -> None:
    wanted = json.loads((ROOT / "web" / "package.json").read_text())[kind]
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    table = listed(heading)
    assert set(table) == set(wanted)
    for name, (version, licence) in table.items():
        entry = packages[f"node_modules/{name}"]
        assert (version, licence) == (entry["version"], entry["license"]), name


# The map, decisions and links


def test_every_path_of_the_map_is_there() -> None:
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|pyproject\.toml|migrations/[\w.]+)`", read("map.md"))
    assert len(named) > 40
    missing = [name for name in named if not (ROOT / name).exists() and not (SOURCE / name).exists()]
    assert missing == []


DECISIONS = sorted((DOCS / "decisions").glob("0*.md"))


@pytest.mark.parametrize("record", DECISIONS, ids=lambda record: record.name)
def test_a_decision_record_is_whole_and_what_enforces_it_exists(record: Path) -> None:
    text = record.read_text()
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences", "Alternatives", "Enforced by"]
    enforced = text.split(ENFORCED)[1]
    files = re.findall(r"`((?:tests|migrations|foundation|scripts|web)/[\w./-]+|pyproject\.toml)`", enforced)
    assert files
    contents = [
        path.read_text() for name in files for path in [ROOT / name if (ROOT / name).exists() else SOURCE / name]
    ]
    for test in re.findall(r"`(test_\w+)`", enforced):
        assert any(f"def {test}(" in content for content in contents), test


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target
