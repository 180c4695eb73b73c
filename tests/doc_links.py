#!/usr/bin/python3
"""The pages written for people: every link leads somewhere, every page of docs/ leads to the glossary.

    doc_links.py TREE

Checks README.md, CONTRIBUTING.md, CHANGELOG.md, docs/**/*.md and data/**/README.md. A relative link must name a file of the
tree, its #anchor a heading of that page, and a path in backticks that begins with a folder of the tree a file or folder. Entries of the glossary are in
alphabetical order. Limits: addresses outside of the tree are not asked.
"""

import pathlib
import re
import sys

FENCED = re.compile(r"^```.*?^```", re.S | re.M)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"`((?:bindings|cli|cmake|core|data|docs|models|notebooks|plan|tests)/[\w./-]+)`")
HEADING = re.compile(r"^#+ (.+?)\s*$", re.M)


def anchor(heading):
    """The anchor that GitHub gives a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(page):
    return {anchor(heading) for heading in HEADING.findall(FENCED.sub("", page.read_text()))}


def faults(tree, page):
    text = FENCED.sub("", page.read_text())
    name = page.relative_to(tree)
    for target in LINK.findall(re.sub(r"`[^`\n]*`", "", text)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, part = target.partition("#")
        goal = (page.parent / file).resolve() if file else page
        if not goal.exists():
            yield f"{name}: {target}: there is no such file"
        elif part and part not in anchors(goal):
            yield f"{name}: {target}: that page has no such heading"
    for path in PATH.findall(text):
        if not (tree / path).exists() and not list(tree.glob(path + ".*")):
            yield f"{name}: `{path}`: there is no such file or folder"
    glossary = tree / "docs/glossary.md"
    if page.is_relative_to(tree / "docs") and page != glossary:
        if not any((page.parent / target.partition("#")[0]).resolve() == glossary for target in LINK.findall(text)):
            yield f"{name}: does not link the glossary"


def main(folder):
    tree = pathlib.Path(folder).resolve()
    pages = [tree / "README.md", tree / "CONTRIBUTING.md", tree / "CHANGELOG.md", *sorted(tree.glob("docs/**/*.md")),
             *sorted(tree.glob("data/**/README.md"))]
    found = [fault for page in pages for fault in faults(tree, page)]
    terms = [term for term in re.findall(r"^### (.+)$", (tree / "docs/glossary.md").read_text(), re.M)]
    found += [f"docs/glossary.md: {after} is not in alphabetical order"
              for before, after in zip(terms, terms[1:]) if before.lower() >= after.lower()]
    if found:
        raise SystemExit("\n".join(found))
    print(f"{len(pages)} pages, {len(terms)} terms")


if __name__ == "__main__":
    main(sys.argv[1])
