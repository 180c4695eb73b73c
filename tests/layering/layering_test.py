"""The architecture as a test: reads the sources below a folder and prints every line that breaks a rule.

    layering_test.py TREE | --self-test

Rooms:  core <- models <- plan <- {cli, bindings}; in plan
        format <- capture <- costs <- scenario <- study <- {fit, decide} <- report.
        An include runs inside its room or downwards, never up or sideways; no two files include each other in a circle.
Fences: a third-party header is included only where FENCES allows it.
Files:  no name that says nothing, an opening comment in every file, at most 300 lines; of a function at most 70, its
        braces included. Python files of bindings/ hold at most as many. What may be longer is named below.
"""
import pathlib
import re
import sys
import tempfile

#: Each room, and those it may include from: in plan one order, in which only fit and decide stand side by side.
PLAN = ["plan/format", "plan/capture", "plan/costs", "plan/scenario", "plan/study"]
BELOW = {"core": [], "models": ["core"]}
for below, room in enumerate(PLAN):
    BELOW[room] = ["core", "models", *PLAN[:below]]
for room in ("plan/fit", "plan/decide"):
    BELOW[room] = ["core", "models", *PLAN]
BELOW["plan/report"] = ["core", "models", *PLAN, "plan/fit", "plan/decide"]
BELOW["cli"] = BELOW["bindings"] = [*BELOW["plan/report"], "plan/report"]
# header -> the files that may include it, both as regular expressions that match from the start.
FENCES = {
    r"toml\+\+/": r"plan/format/document\.cpp$",
    r"nlohmann/": r"plan/(.*/)?[^/]*json[^/]*$",
    r"(sqlite3\.h|SQLiteCpp/)": r"plan/study/store(_\w+)?\.",
    r"zlib\.h": r"plan/format/deflate\.cpp$",
    r"pg_query": r"plan/capture/sql_fingerprint\.cpp$",
    r"CLI/": r"cli/",
    r"(pybind11/|Python\.h)": r"bindings/",
    r"Random123/": r"core/random\.cpp$",
    r"boost/(math|random)/": r"(core/.*\.cpp$|plan/fit/.*\.cpp$|plan/study/points_sobol\.cpp$)",
    r"boost/iostreams/": r"plan/format/",
    r"boost/(?!math/|random/|iostreams/)": r"$.",  # no other part of Boost
    r"(unsupported/)?Eigen/": r"plan/(fit|costs)/",
    r"(sha\d*|md5|md)\.h$": r"plan/format/digest\.cpp$",
}
EMPTY_NAMES = r"(utils?|common|helpers?|managers?|misc)"
LONGEST, LONGEST_FUNCTION = 300, 70
# What may be longer, as regular expressions that match from the start, and why.
LONG_FILES = {
    r"bindings/capplan/_core\.pyi$": "the stub of one module: one declaration after another",
}
LONG_FUNCTIONS = {
    r"(static )?(models::)?(Spec|Param|std::vector<(models::)?Param>|const std::vector<(models::)?Param>&) \w+\(":
        "a table of parameters, one after another",
    r"const std::vector<Preset>& presets\(": "the published guides, one after another",
}
# What is no code: comments, texts and characters, of which raw texts come first; a quote within a number is none.
NO_CODE = re.compile(r"""R"(\w*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'"""
                     r"""|^[ \t]*\#(?:\\\n|[^\n])*""", re.DOTALL | re.MULTILINE)
CONTAINER = re.compile(r"(inline )?(namespace|class|struct|enum|union|extern)\b")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def room_of(name):
    """The room that a file or an include stands in: "plan/study/run.h" is of "plan/study"; None for no file of ours."""
    parts = name.split("/")
    for room in ("/".join(parts[:2]), parts[0]):
        if room in BELOW and len(parts) > 1:
            return room
    return None


def circles(files):
    """Complaints about headers that include each other: each circle once, by its first file."""
    includes = {name: [header for quote, header in map(lambda found: found.groups(), filter(None, map(INCLUDE.match, text.splitlines())))
                       if header in files] for name, text in files.items()}
    done, path = set(), []

    def visit(name):
        if name in path:
            return [f"{name}: error: includes itself: {' -> '.join([*path[path.index(name):], name])}"]
        if name in done:
            return []
        path.append(name)
        found = [circle for header in includes[name] for circle in visit(header)]
        path.pop()
        done.add(name)
        return found

    return [circle for name in sorted(files) for circle in visit(name)]


def opens_well(path, lines):
    """A comment first; in a header below the guard; or, in a .cpp, the header that carries the comment."""
    first = next((line for line in lines if line.strip() and line.strip() != "#pragma once"), "")
    own_header = f'#include "{path.with_suffix(".h").as_posix()}"'
    return first.startswith("//") or (path.suffix == ".cpp" and first.strip() == own_header)


def functions(text):
    """The functions of a source: head, first line, and number of lines with signature and braces. One is what has a body
    in braces, parameters before it, and stands at the top, in a namespace or in a class; lambdas belong to theirs.
    """
    code = NO_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    blocks, head, first, line, round_ones = [], "", 0, 1, 0  # blocks: the function that ends with it, or a word
    for sign in code:
        if sign == "{":
            start = re.sub(r"template <[^()]*?> (?=\w)", "", " ".join(head.split()))
            inside = round_ones > 0 or any(block != "container" for block in blocks)
            named = re.sub(r"operator[^\w\s(]+", "operator", start).partition("(")
            if not inside and CONTAINER.match(start):
                blocks.append("container")
            else:
                is_function = not inside and named[1] and "=" not in named[0]
                blocks.append((start, first) if is_function else "braces")
        elif sign == "}":
            ended = blocks.pop() if blocks else "braces"
            if isinstance(ended, tuple):
                yield *ended, line - ended[1] + 1
        round_ones += {"(": 1, ")": -1}.get(sign, 0)
        if sign in "{};":
            head = ""
        elif head or not sign.isspace():
            first = first if head else line
            head += sign
        line += sign == "\n"


def allowed(name, exceptions):
    return any(re.match(pattern, name) for pattern in exceptions)


def judge_lengths(name, text):
    """The complaints about what is too long in a file."""
    count = len(text.splitlines())
    if count > LONGEST and not allowed(name, LONG_FILES):
        yield f"{name}: error: {count} lines; split what is longer than {LONGEST}"
    if name.endswith((".h", ".cpp")):
        for head, first, lines in functions(text):
            if lines > LONGEST_FUNCTION and not allowed(head, LONG_FUNCTIONS):
                yield f"{name}:{first}: error: a function of {lines} lines; split what is longer than {LONGEST_FUNCTION}"


def judge(path, text):
    """The complaints about one file; `path` is relative to the top of the tree."""
    lines = text.splitlines()
    name = path.as_posix()
    room = room_of(name)
    if room is None:
        yield f"{name}: error: stands in no room: one of {', '.join(BELOW)}"
        return
    for part in path.with_suffix("").parts:
        if re.search(rf"(^|_){EMPTY_NAMES}($|_)", part):
            yield f"{name}: error: the name `{part}` says nothing: name the idea that the file holds"
    yield from judge_lengths(name, text)
    if not opens_well(path, lines):
        yield f"{name}:1: error: the file must open with a comment: what it is, its source, its limits"
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        quote, header = found.groups()
        target = room_of(header)
        if target is not None:
            if target != room and target not in BELOW[room]:
                yield f"{name}:{number}: error: {room} must not include {header}: it may use {BELOW[room] or 'nothing'}"
        elif quote == '"':
            yield f'{name}:{number}: error: "{header}" must be written as a path from the top of the tree'
        for fenced, allowed in FENCES.items():
            if re.match(fenced, header) and not re.match(allowed, name):
                yield f"{name}:{number}: error: <{header}> is fenced: only files that match {allowed}"


def judge_tree(top):
    """Every complaint about the tree, and how many files were read."""
    rooms = dict.fromkeys(room.split("/")[0] for room in BELOW)
    files = sorted(p for room in rooms for p in (top / room).rglob("*") if p.suffix in {".h", ".cpp"})
    texts = {p.relative_to(top).as_posix(): p.read_text(encoding="utf-8") for p in files}
    complaints = [c for name, text in texts.items() for c in judge(pathlib.PurePosixPath(name), text)]
    scripts = sorted((top / "bindings").rglob("*.py*"))
    complaints += [c for p in scripts for c in judge_lengths(p.relative_to(top).as_posix(), p.read_text(encoding="utf-8"))]
    headers = {name: text for name, text in texts.items() if name.endswith(".h")}
    return complaints + circles(headers), len(files) + len(scripts)


# A file and what must be said of it; None is a file without fault.
SAMPLES = [
    ("core/time.h", "#pragma once\n// Time.\n#include <cstdint>\n", None),
    ("core/time.cpp", '#include "core/time.h"\n', None),
    ("plan/study/run.cpp", '// Runs.\n#include "models/catalog.h"\n', None),
    ("plan/study/result_json.cpp", "// JSON.\n#include <nlohmann/json.hpp>\n", None),
    ("core/up.h", '// Up.\n#include "models/catalog.h"\n', "core must not include"),
    ("models/up.h", '// Up.\n#  include <plan/study/store.h>\n', "models must not include"),
    ("bindings/sideways.cpp", '// Sideways.\n#include "cli/progress.h"\n', "bindings must not include"),
    ("cli/python.cpp", "// Python.\n#include <pybind11/pybind11.h>\n", "fenced"),
    ("bindings/module.cpp", '// Module.\n#include <pybind11/stl.h>\n#include "plan/study/sweep.h"\n', None),
    ("cli/sideways.cpp", '// Sideways.\n#include "bindings/module.h"\n', "cli must not include"),
    ("core/relative.cpp", '// Relative.\n#include "time.h"\n', "path from the top"),
    ("plan/study/run.h", "// TOML.\n#include <toml++/toml.h>\n", "fenced"),
    ("models/pool/p.cpp", "// JSON.\n#include <nlohmann/json.hpp>\n", "fenced"),
    ("cli/sweep.cpp", "// SQL.\n#include <SQLiteCpp/Database.h>\n", "fenced"),
    ("plan/report/table.cpp", "// Arguments.\n#include <CLI/CLI.hpp>\n", "fenced"),
    ("models/index/hnsw.cpp", "// Random.\n#include <Random123/philox.h>\n", "fenced"),
    ("core/interval.h", "// Boost in a header.\n#include <boost/math/distributions/students_t.hpp>\n", "fenced"),
    ("core/queueing.cpp", "// Other Boost.\n#include <boost/asio.hpp>\n", "fenced"),
    ("core/fit.cpp", "// Eigen.\n#include <Eigen/Dense>\n", "fenced"),
    ("cli/hash.cpp", "// Digest.\n#include <sha256.h>\n", "fenced"),
    ("core/string_utils.h", "// Anything.\n", "says nothing"),
    ("models/common/pool.h", "// Anything.\n", "says nothing"),
    ("core/silent.h", "#pragma once\n#include <cstdint>\n", "open with a comment"),
    ("core/silent.cpp", '#include "core/other.h"\n', "open with a comment"),
    ("plan/study/up.cpp", '// Up.\n#include "plan/report/report.h"\n', "plan/study must not include"),
    ("plan/fit/sideways.cpp", '// Sideways.\n#include "plan/decide/rules.h"\n', "plan/fit must not include"),
    ("plan/decide/down.cpp", '// Down.\n#include "plan/study/experiment.h"\n', None),
    ("plan/other/lost.cpp", "// Lost.\n", "no room"),
    ("core/circle.h", '// A circle.\n#include "core/circle.h"\n', "includes itself"),
    ("plan/study/long.cpp", "// Long.\n" * 301, "301 lines"),
    ("plan/study/full.cpp", "// Full.\n" * 300, None),
    ("bindings/capplan/long.py", "# Long.\n" * 301, "301 lines"),
    ("plan/study/f.cpp", "// F.\nvoid f() {\n" + "  g();\n" * 68 + "}\n", None),
    ("plan/study/long_f.cpp", "// F.\nvoid f() {\n" + "  g();\n" * 69 + "}\n", ":2: error: a function of 71 lines"),
    ("core/wide.h", "// F.\nnamespace a {\nclass A {\n  template <class T = int>\n  int f(int a,\n        int b) const {\n"
     + "    for (;;) {\n    }\n" * 34 + "  }\n};\n}\n", ":4: error: a function of 72 lines"),
    ("core/made.h", "// C.\nA::A()\n    : a_{1}, b_(2) {\n" + "  g();\n" * 69 + "}\n", "a function of"),
    ("core/equal.cpp", "// =.\nbool operator==(A a, B b) {\n" + "  g();\n" * 69 + "}\n", ":2: error: a function of 71 lines"),
    ("core/braces.cpp", "// A table.\nconstexpr auto a = f({\n" + "    1'000,  // }\n" * 80 + "});\nint b[] = {\n" + "1,\n" * 80 + "};\n",
     None),
    ("core/text.cpp", '// A text.\nauto a = R"(' + "{\n" * 80 + ')";\nvoid f() { g("{", \'{\'); }\n' + "// A.\n" * 80, None),
    ("models/pool/p.cpp", "// P.\nSpec fixed_pool() {\n" + "  a,\n" * 80 + "}\n", None),
]


def self_test():
    """Every sample must get its complaint and no other, alone in a tree of its own."""
    wrong = 0
    for name, text, expected in SAMPLES:
        with tempfile.TemporaryDirectory() as top:
            path = pathlib.Path(top, name)
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8")
            said, read = judge_tree(pathlib.Path(top))
        if read != 1 or len(said) != bool(expected) or any(expected not in line for line in said):
            wrong += 1
            print(f"{name}: expected {expected!r}, got {said}")
    print(f"{len(SAMPLES)} samples, {wrong} judged wrongly")
    return wrong


def main(arguments):
    if arguments == ["--self-test"]:
        return 1 if self_test() else 0
    if len(arguments) != 1:
        print(__doc__)
        return 2
    complaints, read = judge_tree(pathlib.Path(arguments[0]))
    print("\n".join(complaints + [f"{read} files read, {len(complaints)} complaints"]))
    return 1 if complaints or not read else 0


sys.exit(main(sys.argv[1:]))
