"""What is wrong with an input: every problem with its place, in the words of the program."""

from __future__ import annotations

from typing import Any, NamedTuple, Sequence


class Problem(NamedTuple):
    """One thing that is wrong. Lines and columns count from 1; 0 is "not known"."""

    file: str
    line: int
    column: int
    key: str
    what: str
    hint: str


class ScenarioError(ValueError):
    """Bad input. ``str()`` is the program's text; the attributes are those of the first of ``problems``.

    >>> try:
    ...     capplan.Scenario.from_text("[workload.api]\\nkind = 'opn'", file="mine.toml")
    ... except capplan.ScenarioError as error:
    ...     error.line, error.key, len(error.problems)
    (2, 'workload.api.kind', 1)
    """

    def __init__(self, text: str, problems: Sequence[Sequence[Any]]) -> None:
        super().__init__(text, tuple(problems))
        self.problems = tuple(Problem(*problem) for problem in problems)
        self.file, self.line, self.column, self.key, _, self.hint = self.problems[0]

    def __str__(self) -> str:
        return str(self.args[0])


ScenarioError.__module__ = "capplan"
