"""What a wheel holds besides the package: the migrations, the built page, and the pages of the reasons. An editable install reads the checkout's."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WholeWheel(BuildHookInterface):  # type: ignore[type-arg]
    """Adds what stands outside the package; a wheel without the page is refused."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds."""
        if version == "editable":
            return
        if not Path(self.root, "web", "dist", "index.html").is_file():
            raise FileNotFoundError("The page is not built: run scripts/build-web first.")
        build_data["force_include"] |= {
            "migrations": "shiftline/migrations",
            "web/dist": "shiftline/web_dist",
            "docs/why": "shiftline/docs_why",
        }
