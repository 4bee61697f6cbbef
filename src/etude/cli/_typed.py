"""What was typed after ``etude release``."""

from __future__ import annotations

from dataclasses import dataclass

USUAL_FORM = "release"


@dataclass(frozen=True)
class Typed:
    """What was typed, less the words that say what to do."""

    alias: str | None
    whole: bool
    allow_differences: bool
    form: str
    precision: str | None
    hub: str | None
    most_gb: float | None
    allow_code: bool
    yes: bool

    def given(self) -> set[str]:
        """The options that were given."""
        said = {
            "--as": self.alias is not None,
            "--whole": self.whole,
            "--allow-differences": self.allow_differences,
            "--format": self.form != USUAL_FORM,
            "--precision": self.precision is not None,
            "--to-hub": self.hub is not None,
            "--max-gb": self.most_gb is not None,
            "--allow-code": self.allow_code,
            "--yes": self.yes,
        }
        return {name for name, there in said.items() if there}
