#!/usr/bin/python3
"""Executes what the pages show, so that no page shows what the program no longer does.

    doc_examples.py PROGRAM TREE [--write] [PAGE...]

Pages are README.md, docs/**/*.md and data/*/README.md of the tree, or those named. Generated pages are left out: other tests
compare them. In a page, `<!-- output of: capplan … -->` above a fenced block says that the block is the command's standard
output, and `<!-- file: PATH -->` that it is the file. Each line of a ```sh block that begins with `capplan ` must exit with 0,
or with a verdict on SLOs (3, 4). The commands of one page run in one scratch folder with a copy of `data`, ```sh blocks first.
--write updates the blocks.
"""

import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"<!-- (output of|file): (.+?) -->\n```(\w*)\n(.*?)```", re.S)
SHELL = re.compile(r"```sh\n(.*?)```", re.S)
GENERATED = re.compile(r"\A.{,300}(do not edit|written by `make)", re.S)


def run(program, command, folder):
    words = shlex.split(command, comments=True)
    done = subprocess.run([program] + words[1:], cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode not in (0, 3, 4):
        raise SystemExit(f"{command}\nended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def mended(text, program, tree, folder):
    def block(match):
        kind, what, language, _ = match.groups()
        content = (tree / what).read_text() if kind == "file" else run(program, what, folder)
        return f"<!-- {kind}: {what} -->\n```{language}\n{content.rstrip()}\n```"

    return BLOCK.sub(block, text)


def commands(text):
    """The `capplan` lines of ```sh blocks. A line that ends with a backslash goes on in the next."""
    lines = "".join(SHELL.findall(text)).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith("capplan ")]


def written_by_hand(tree):
    pages = [tree / "README.md", *sorted(tree.glob("docs/**/*.md")), *sorted(tree.glob("data/*/README.md"))]
    return [page for page in pages if not GENERATED.search(page.read_text())]


def main(arguments):
    write = "--write" in arguments
    program, tree, *named = [a for a in arguments if a != "--write"]
    program, tree = pathlib.Path(program).resolve(), pathlib.Path(tree).resolve()
    stale = []
    for page in [tree / name for name in named] or written_by_hand(tree):
        text = page.read_text()
        if not (commands(text) or BLOCK.search(text)):
            continue
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            shutil.copytree(tree / "data", folder / "data")
            for line in commands(text):
                run(program, line, folder)
            fresh = mended(text, program, tree, folder)
        if fresh != text and write:
            page.write_text(fresh)
        elif fresh != text:
            stale.append(str(page.relative_to(tree)))
    if stale:
        raise SystemExit(f"no longer what the program prints: {', '.join(stale)}. Update them with: make docs")


if __name__ == "__main__":
    main(sys.argv[1:])
