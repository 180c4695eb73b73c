#!/usr/bin/python3
"""Executes the notebooks, and keeps their pages what they say.

    notebook_pages.py run FOLDER NAME...          executes on small settings (CAPPLAN_NOTEBOOK_SCALE=small): no cell fails
    notebook_pages.py write FOLDER PAGES NAME...  executes, and writes PAGES/NAME.md with its pictures
    notebook_pages.py repeat FOLDER PAGES NAME... executes, and compares all text with the pages: same code, same numbers
    notebook_pages.py fresh FOLDER PAGES NAME...  compares prose and code with the pages, and looks at how notebooks are kept

FOLDER holds NAME.ipynb, kept without outputs. The kernel is the interpreter that this runs in, with its PYTHONPATH.
Limits: pictures are not compared, for they differ between versions of matplotlib; nor is what a cell says on stderr.
"""

import base64
import html.parser
import json
import os
import pathlib
import re
import sys
import tempfile

LARGEST_PICTURE = 120_000  # bytes
LONGEST_CELL = 900  # seconds


class Table(html.parser.HTMLParser):
    """The rows of an HTML table, as texts."""

    def __init__(self, source):
        super().__init__()
        self.rows, self.inside = [], False
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self.inside = tag in ("td", "th")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, text):
        if self.inside:
            self.rows[-1][-1] += text.strip().replace("|", "\\|")

    def markdown(self):
        """A pipe table. The names of an index stand in a row of their own, and fill the gaps of the head."""
        head, *body = self.rows
        if body and not any(body[0][1:]):
            head = [name or index for name, index in zip(head, body.pop(0))]
        lines = [head, ["---"] * len(head), *body]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def executed(folder, name, scale):
    """The notebook with its outputs. Kernel and figures are set up apart from what this user has set up."""
    import nbclient
    import nbformat

    notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    with tempfile.TemporaryDirectory() as scratch:
        kernel = pathlib.Path(scratch) / "kernels" / "python3"
        kernel.mkdir(parents=True)
        start = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        (kernel / "kernel.json").write_text(json.dumps({"argv": start, "display_name": "Python 3", "language": "python"}))
        (pathlib.Path(scratch) / "matplotlibrc").write_text("figure.dpi: 90\nsavefig.dpi: figure\n")
        os.environ.update(JUPYTER_PATH=scratch, JUPYTER_RUNTIME_DIR=scratch, IPYTHONDIR=scratch,
                          MATPLOTLIBRC=scratch, CAPPLAN_NOTEBOOK_SCALE=scale,
                          PYDEVD_DISABLE_FILE_VALIDATION="1")
        nbclient.NotebookClient(notebook, timeout=LONGEST_CELL, kernel_name="python3",
                                resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def text_block(text):
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    return "```text\n" + "\n".join(lines) + "\n```" if lines else ""


def output_text(output, take_picture):
    if output["output_type"] == "stream":
        return text_block(output["text"]) if output["name"] == "stdout" else ""
    data = output.get("data", {})
    if "image/png" in data:
        return take_picture(base64.b64decode(data["image/png"]))
    table = re.search("<table.*</table>", data.get("text/html", ""), re.S)
    if table:
        return Table(table[0]).markdown()
    return text_block(data.get("text/plain", ""))


def whole(outputs):
    """Outputs with the pieces of a text put together again: a slow kernel sends what one cell prints in several."""
    together = []
    for output in outputs:
        last = together[-1] if together else {}
        if output["output_type"] == "stream" and output["name"] == last.get("name"):
            last["text"] += output["text"]
        else:
            together.append(dict(output))
    return together


def prose(cell):
    """Links to other notebooks become links to their pages."""
    return re.sub(r"\]\(([\w-]+)\.ipynb\)", r"](\1.md)", "".join(cell["source"]))


def code(cell):
    return f"```python\n{''.join(cell['source'])}\n```"


def page(name, notebook):
    """The page's text and its pictures by file name."""
    parts, pictures, heading = [f"<!-- notebooks/{name}.ipynb as executed; written by `make notebooks` -->",
                                "Terms: [glossary](../glossary.md)."], {}, ""

    def take_picture(content):
        if len(content) > LARGEST_PICTURE:
            raise SystemExit(f"{name}: picture {len(pictures) + 1} has {len(content)} bytes, over {LARGEST_PICTURE}")
        file = f"{name}-{len(pictures) + 1}.png"
        pictures[file] = content
        return f"![{heading}]({file})"

    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            parts.append(prose(cell))
            heading = (re.findall(r"^#+ (.*)$", parts[-1], re.M) or [heading])[-1]
        else:
            parts.append(code(cell))
            parts += [output_text(output, take_picture) for output in whole(cell["outputs"])]
    return "\n\n".join(part for part in parts if part) + "\n", pictures


def check_kept(name, notebook):
    """How a notebook is kept: the format, names of cells that stay, no outputs."""
    cells = notebook["cells"]
    if (notebook["nbformat"], notebook["nbformat_minor"]) != (4, 5) or len({cell["id"] for cell in cells}) < len(cells):
        raise SystemExit(f"{name}: format 4.5 with an id for each cell is wanted")
    if notebook["metadata"]["kernelspec"]["name"] != "python3":
        raise SystemExit(f"{name}: its kernel must be python3")
    if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
        raise SystemExit(f"{name}: is kept with outputs; clear them: jupyter nbconvert --clear-output --inplace {name}.ipynb")


def check_fresh(name, notebook, text):
    """Every cell stands in the page, in order; and the page has no code besides."""
    check_kept(name, notebook)
    at = 0
    for cell in notebook["cells"]:
        wanted = code(cell) if cell["cell_type"] == "code" else prose(cell)
        found = text.find(wanted, at)
        if found < 0:
            raise SystemExit(f"docs/notebooks/{name}.md lacks cell {cell['id']} as it is now. Update it with: make notebooks")
        at = found + len(wanted)
    cells = sum(cell["cell_type"] == "code" for cell in notebook["cells"])
    if text.count("```python\n") != cells:
        raise SystemExit(f"docs/notebooks/{name}.md has code that the notebook lacks. Update it with: make notebooks")


def main(what, folder, *rest):
    folder = pathlib.Path(folder).resolve()
    if what == "run":
        for name in rest:
            executed(folder, name, "small")
        return
    pages, *names = rest
    pages = pathlib.Path(pages)
    for name in names:
        file = pages / f"{name}.md"
        if what == "fresh":
            check_fresh(name, json.loads((folder / f"{name}.ipynb").read_text()), file.read_text())
            continue
        text, pictures = page(name, executed(folder, name, "full"))
        if what == "write":
            for old in pages.glob(f"{name}-*.png"):
                old.unlink()
            file.write_text(text)
            for picture, content in pictures.items():
                (pages / picture).write_bytes(content)
        elif text != file.read_text():
            import difflib

            sys.stdout.writelines(difflib.unified_diff(file.read_text().splitlines(True), text.splitlines(True),
                                                       str(file), "as executed now"))
            raise SystemExit(f"{file} is not what the notebook gives. Update it with: make notebooks")


if __name__ == "__main__":
    main(*sys.argv[1:])
