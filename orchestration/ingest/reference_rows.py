"""A row of a reference file, and a problem found in one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """Text per column, null where empty, defaults filled in; `line` counts from the header = 1."""

    file: str
    line: int
    values: dict[str, str | None]

    def text(self, name: str) -> str:
        """A value that the checks before have shown to be there; empty text where it is not."""
        return self.values[name] or ""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a reference file, and what to do about it."""

    file: str
    line: int | None
    column: str | None
    found: str

    @property
    def sentence(self) -> str:
        place = f"reference/{self.file}"
        if self.line is not None:
            place += f", row {self.line}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: {self.column or 'the file'} {self.found}."
