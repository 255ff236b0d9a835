"""The JSON of packages is what the standard library makes of the same, byte by byte: it must not change with its encoder."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shiftline.discovery import canonical

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text()
    | st.integers(0, 10**9).map(lambda thousandths: thousandths / 1000)
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20
)


@given(VALUES)
def test_it_is_the_json_that_anybody_would_write(value: Any) -> None:
    known = canonical.without_nulls(value)
    whole = json.dumps(known, ensure_ascii=False, sort_keys=True, indent=1)
    assert canonical.whole(value) == f"{whole}\n".encode()
    assert canonical.compact(value) == json.dumps(known, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
