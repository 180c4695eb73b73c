"""Runs the examples in the package's docstrings and in docs/python.md, from the top of the tree, as a reader would."""

import doctest
import importlib
import pathlib
import pkgutil
import sys

import capplan

failures = tried = 0
for name in ["capplan"] + [f"capplan.{module.name}" for module in pkgutil.iter_modules(capplan.__path__)]:
    outcome = doctest.testmod(importlib.import_module(name), extraglobs={"capplan": capplan})
    failures, tried = failures + outcome.failed, tried + outcome.attempted
name = "docs/python.md"
page = pathlib.Path(name).read_text(encoding="utf-8").replace("```", "")
example = doctest.DocTestParser().get_doctest(page, {}, name, name, 0)
outcome = doctest.DocTestRunner().run(example)
failures, tried = failures + outcome.failed, tried + outcome.attempted
print(f"{tried} examples, {failures} failed")
sys.exit(bool(failures) or not outcome.attempted or tried < 15)
