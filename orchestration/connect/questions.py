"""What a file does not say about itself, and the answers given on the command line."""

import re
from dataclasses import dataclass

from orchestration.platform.errors import RequestError

SKIP = "skip"
_ANSWER = re.compile(r"(?P<file>.+):(?P<key>[a-z_]+)=(?P<value>.*)")


@dataclass(frozen=True)
class Question:
    """One open point of a file. Any text answers a question without choices."""

    file: str
    key: str
    text: str
    choices: tuple[str, ...] = ()

    @property
    def options(self) -> list[str]:
        """The options that answer it, one for each choice."""
        return [
            f"--answer {shell_word(f'{self.file}:{self.key}={choice}')}"
            for choice in self.choices or ("...",)
        ]


class Answers:
    """Answers by file and key; RequestError if one cannot be read or is not a choice."""

    def __init__(self, texts: list[str]) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._used: set[tuple[str, str]] = set()
        for text in texts:
            found = _ANSWER.fullmatch(text)
            if found is None:
                raise RequestError(
                    f"--answer {text!r} is not of the form FILE:KEY=VALUE, "
                    "for example usage.csv:date_order=dmy."
                )
            self._given[found["file"], found["key"]] = found["value"]

    def give(self, question: Question, value: str) -> None:
        """Record an answer that was typed."""
        self._given[question.file, question.key] = _checked(question, value)

    def find(self, question: Question) -> str | None:
        """The answer to the question, if there is one."""
        place = (question.file, question.key)
        if place not in self._given:
            return None
        self._used.add(place)
        return _checked(question, self._given[place])

    def override(self, file: str, key: str, choices: tuple[str, ...] = ()) -> str | None:
        """An answer to what was not asked, because the file seems to say it."""
        return self.find(Question(file, key, "", choices))

    def unused(self) -> list[str]:
        """Answers that belong to no file or no question."""
        left = [place for place in self._given if place not in self._used]
        return [f"{file}:{key}={self._given[file, key]}" for file, key in left]


def shell_word(text: str) -> str:
    """The text as one word of a shell."""
    plain = re.fullmatch(r"[\w./:=@%+,-]+", text)
    return text if plain else "'" + text.replace("'", "'\\''") + "'"


def _checked(question: Question, value: str) -> str:
    if question.choices and value not in question.choices:
        raise RequestError(
            f"{question.file}: {question.key} cannot be {value!r}; "
            f"use one of {', '.join(question.choices)}."
        )
    if not value and not question.choices:
        raise RequestError(f"{question.file}: {question.key} is empty; give a value.")
    return value
