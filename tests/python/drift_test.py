"""capplan.drift is the program's verb; plot_fit draws what a fit keeps."""

import json
import subprocess

import capplan
import numpy as np
import pytest

LIGHT = "data/captures/light.toml"


@pytest.fixture(scope="module")
def fitted():
    return capplan.calibrate(LIGHT)


def test_drift_says_what_the_program_says(program, fitted, tmp_path):
    costs = tmp_path / "costs.toml"
    fitted.save(costs)
    found = capplan.drift(costs, LIGHT, margin=0.3)
    command = [program, "drift", str(costs), LIGHT, "--margin", "30%", "--format", "json"]
    printed = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    assert found.verdict == printed["verdict"] == "no change shown"
    assert found.words == printed["words"] and found.moved() == []
    lines = found.captures[0].lines
    assert [line._asdict()["figure"] for line in lines] == [line["figure"] for line in printed["captures"][0]["lines"]]
    frame = found.to_frame()
    assert frame.loc[("light", "rate", "", "requests/s"), "ratio"] == 1
    assert "still describes" in repr(found)
    with pytest.raises(capplan.ScenarioError, match="baseline"):
        capplan.drift(costs, LIGHT, against="nobody")


def test_a_fit_is_drawn_from_the_quantiles_it_keeps(fitted):
    import matplotlib.pyplot as plt

    search = fitted.classes_["search"]
    ax = capplan.plot_fit(None, search, ax=plt.subplots()[1])
    x, y = ax.lines[1].get_data()
    assert len(x) == len(search.quantiles) == 33
    assert np.median(np.abs(np.log(y / x))) < 0.01
    assert "rate" in fitted.workload_[0]
    plt.close("all")
