#!/usr/bin/python3
"""Executes what the pages show, so that no page shows what the program no longer does.

    doc_examples.py PROGRAM TREE [--write] PAGE...

In a page, `<!-- output of: capplan … -->` above a fenced block says that the block is what the command prints on standard
output, and `<!-- file: PATH -->` that it is the file. Every line of a ```sh block that begins with `capplan ` must end with
0, or with a verdict on SLOs (3, 4). Commands run in a scratch folder with the tree's `data` in it, those of ```sh blocks first. --write mends the blocks.
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


def main(arguments):
    write = "--write" in arguments
    program, tree, *pages = [a for a in arguments if a != "--write"]
    program, tree = pathlib.Path(program).resolve(), pathlib.Path(tree).resolve()
    stale = []
    for page in pages:
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            shutil.copytree(tree / "data", folder / "data")
            text = (tree / page).read_text()
            for script in SHELL.findall(text):
                for line in script.splitlines():
                    if line.startswith("capplan "):
                        run(program, line, folder)
            fresh = mended(text, program, tree, folder)
        if fresh != text and write:
            (tree / page).write_text(fresh)
        elif fresh != text:
            stale.append(page)
    if stale:
        raise SystemExit(f"no longer what the program prints: {', '.join(stale)}. Write them anew: make docs")


if __name__ == "__main__":
    main(sys.argv[1:])
