"""A row of a reference file, and a problem in one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """Text per column, None if empty, with defaults; `line` counts from the header, which is 1."""

    file: str
    line: int
    values: dict[str, str | None]

    def text(self, name: str) -> str:
        """The value, or empty text if there is none."""
        return self.values[name] or ""


@dataclass(frozen=True)
class Problem:
    """A problem in a reference file and what to do about it."""

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
