"""What is wrong with a value, in words for people: msgspec speaks of `str`, `array` and regular expressions."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import inspect

_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "datetime": "an instant like 2023-10-27T06:00:00-05:00",
    "date": "a date like 2023-10-27",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_SHOWN = 60
# What a regular expression of ours holds, and what it means: the first that is found.
_TEXTS = {
    "A-Za-z0-9_.:@-": "must be an id: letters, digits and _ . : @ - only, the first a letter or a digit.",
    r"^\d{4}-\d\d-\d\dT": "must be a time of the wall like 2023-10-27T06:00, without an offset.",
    "@": "must be an e-mail address.",
    r"[^\s\x00]": "must hold more than spaces, and no character NUL.",
    r"^[^\x00]*$": "must not hold the character NUL.",
}

_WRONG_KIND = re.compile(r"Expected `(?P<wanted>[a-z |]+)`, got `(?P<got>[a-z]+)`")
_WRONG_SIZE = re.compile(r"Expected `(?P<kind>[a-z]+)(?: \| null)?` of length (?P<sign>>=|<=|==) (?P<bound>\d+)")
_WRONG_NUMBER = re.compile(r"Expected `(?:int|float)(?: \| null)?` (?P<sign>>=|<=|>|<) (?P<bound>-?[\d.]+)")
_WRONG_FORM = re.compile(r"Expected `str(?: \| null)?` matching regex '(?P<pattern>.*)'", re.DOTALL)
_NO_CHOICE = re.compile(r"Invalid enum value (?P<value>.*)", re.DOTALL)
_SIGNS = {">=": "at least", "<=": "at most", "==": "exactly", ">": "more than", "<": "less than"}
_SENTENCES = {
    "Expected `datetime` with a timezone component": "an instant needs a zone or offset, like 2023-10-27T06:00:00-05:00.",
    "Invalid RFC3339 encoded datetime": f"must be {_KINDS['datetime']}.",
    "Invalid RFC3339 encoded date": f"must be {_KINDS['date']}.",
    "Number out of range": "is a number out of range.",
    "Integer value out of range": "is a number out of range.",
}


def in_words(said: str, choices: Sequence[str] = ()) -> str:
    """The sentence for what msgspec said of a value; `choices` are the texts that it may be, where they are known."""
    said = said.rstrip(".")
    if said in _SENTENCES:
        return _SENTENCES[said]
    for pattern, sentence_of in _FORMS:
        if found := pattern.fullmatch(said):
            return sentence_of(found)
    if found := _NO_CHOICE.fullmatch(said):
        return _of_choice(found["value"], choices)
    return said.replace("`", "") + "."


def why_no_json(error: Exception) -> str:
    """Why bytes could not be read as JSON, to follow "is not JSON: "."""
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8"
    return str(error).removeprefix("JSON is malformed: ").replace("Input data was truncated", "it ends too early")


def find_choices(declared: Any, place: str = "") -> tuple[str, ...]:
    """The texts that the value at a place (`shifts[0].status`) may be, empty where it is free or no text."""
    kinds = [inspect.type_info(declared)]
    for step in re.findall(r"\[[^\]]*\]|[^.\[\]]+", place):
        kinds = [inner for kind in kinds for inner in _inside(kind, step)]
    found = [choice for kind in kinds for each in _plain(kind) for choice in _choices(each)]
    return tuple(str(choice) for choice in found)


def _plain(kind: inspect.Type) -> Iterator[inspect.Type]:
    """The alternatives of a type, without what is said beside it."""
    if isinstance(kind, inspect.Metadata):
        yield from _plain(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for each in kind.types:
            yield from _plain(each)
    else:
        yield kind


def _inside(kind: inspect.Type, step: str) -> Iterator[inspect.Type]:
    for each in _plain(kind):
        if isinstance(each, inspect.StructType):
            yield from (field.type for field in each.fields if field.encode_name == step)
        elif isinstance(each, inspect.ListType | inspect.VarTupleType | inspect.SetType | inspect.FrozenSetType):
            yield each.item_type
        elif isinstance(each, inspect.DictType):
            yield each.value_type


def _choices(kind: inspect.Type) -> Sequence[Any]:
    if isinstance(kind, inspect.EnumType):
        return [member.value for member in kind.cls]
    return kind.values if isinstance(kind, inspect.LiteralType) else ()


def _of_kind(found: re.Match[str]) -> str:
    kinds = [_KINDS.get(each, each) for each in found["wanted"].split(" | ")]
    return f"must be {' or '.join(kinds)}, not {_KINDS.get(found['got'], found['got']).partition(' like ')[0]}."


def _of_size(found: re.Match[str]) -> str:
    bound = int(found["bound"])
    if found["sign"] == ">=" and bound == 1:
        return "must not be empty."
    one, many = ("character", "characters") if found["kind"] == "str" else ("entry", "entries")
    return f"must have {_SIGNS[found['sign']]} {bound} {one if bound == 1 else many}."


def _of_number(found: re.Match[str]) -> str:
    return f"must be {_SIGNS[found['sign']]} {found['bound'].removesuffix('.0')}."


def _of_form(found: re.Match[str]) -> str:
    pattern = found["pattern"].replace("\\\\", "\\")
    known = (sentence for part, sentence in _TEXTS.items() if part in pattern)
    return next(known, f"must be of the form {pattern}.")


def _of_choice(value: str, choices: Sequence[str]) -> str:
    shown = value if len(value) <= _SHOWN else f"{value[: _SHOWN - 2]}…{value[-1]}"
    return f"must be one of {', '.join(choices)}, not {shown}." if choices else f"{shown} is not possible here."


_FORMS: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = (
    (_WRONG_KIND, _of_kind),
    (_WRONG_SIZE, _of_size),
    (_WRONG_NUMBER, _of_number),
    (_WRONG_FORM, _of_form),
)
