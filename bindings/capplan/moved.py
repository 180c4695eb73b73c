"""What drift found: whether a calibration still describes captures, and what moved, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from capplan.answers import Answer

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


class Drift(Answer):
    """Whether a calibration still describes captures: a verdict, the same in words, and each capture."""

    __slots__ = ()

    @property
    def verdict(self) -> str:
        """"moved", "no change shown" or "cannot tell"."""
        return str(self.to_dict()["verdict"])

    @property
    def words(self) -> str:
        """The verdict in a sentence."""
        return str(self.to_dict()["words"])

    @property
    def margin(self) -> float:
        """The least change that matters."""
        return float(self.to_dict()["margin"])

    @property
    def captures(self) -> tuple[CaptureDrift, ...]:
        """Each capture with its lines."""
        return tuple(CaptureDrift(entry["name"], entry["against"], entry["verdict"], entry["words"],
                                  tuple(_line(line) for line in entry["lines"]), tuple(entry["warnings"]))
                     for entry in self.to_dict()["captures"])

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


def _line(entry: dict[str, Any]) -> DriftLine:
    ratio = entry["ratio"]
    known = {name: entry[name] for name in DriftLine._fields if name != "ratio"}
    return DriftLine(**known, ratio=(ratio["value"], ratio["lo"], ratio["hi"]) if ratio else None)
