"""What drift found: whether a calibration still describes captures, and what moved, as values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd


class DriftLine(NamedTuple):
    """One figure of a capture beside the calibration. None is for what was not measured, or not tested.

    kind        "demand", "mix", "rate", "dispersion", "skew", "think" or "host"
    of          the class, where there is one; of the mix the class whose share changed most
    before      as measured in the calibrated capture
    calibrated  the same, carried over to this capture's load
    ratio       measured over calibrated: value, lo, hi of its 95 % interval
    adjusted_p  after Holm, over all figures of all captures
    verdict     "moved", "no change shown" or "cannot tell"
    """

    kind: str
    of: str
    figure: str
    before: float | None
    calibrated: float | None
    measured: float | None
    ratio: tuple[float, float, float] | None
    p: float | None
    adjusted_p: float | None
    margin: float
    verdict: str
    note: str


class CaptureDrift(NamedTuple):
    """One capture: what it was held against, and every figure."""

    name: str
    against: str
    verdict: str
    words: str
    lines: tuple[DriftLine, ...]
    warnings: tuple[str, ...]


class Drift(NamedTuple):
    """The answer: a verdict, the same in words, and each capture."""

    verdict: str
    words: str
    margin: float
    captures: tuple[CaptureDrift, ...]
    table: str

    def moved(self) -> list[DriftLine]:
        """The lines that moved, of all captures."""
        return [line for capture in self.captures for line in capture.lines if line.verdict == "moved"]

    def to_frame(self) -> pd.DataFrame:
        """A pandas.DataFrame: a row a figure, indexed by capture, kind, class and figure."""
        import pandas as pd

        rows = []
        for capture in self.captures:
            for line in capture.lines:
                row = {"capture": capture.name, "against": capture.against, **line._asdict()}
                ratio = row.pop("ratio") or (None, None, None)
                rows.append({**row, "ratio": ratio[0], "ratio_lo": ratio[1], "ratio_hi": ratio[2]})
        return pd.DataFrame(rows).set_index(["capture", "kind", "of", "figure"])

    def __repr__(self) -> str:
        return self.table.rstrip("\n")

    def _repr_html_(self) -> str:
        from capplan.display import text_html

        return text_html(self)


def drift_of(text: str, table: str) -> Drift:
    """From the program's JSON, capplan.drift/1."""
    answer = json.loads(text)
    captures = tuple(CaptureDrift(entry["name"], entry["against"], entry["verdict"], entry["words"],
                                  tuple(_line(line) for line in entry["lines"]), tuple(entry["warnings"]))
                     for entry in answer["captures"])
    return Drift(answer["verdict"], answer["words"], answer["margin"], captures, table)


def _line(entry: dict[str, Any]) -> DriftLine:
    ratio = entry["ratio"]
    known = {name: entry[name] for name in DriftLine._fields if name != "ratio"}
    return DriftLine(**known, ratio=(ratio["value"], ratio["lo"], ratio["hi"]) if ratio else None)
