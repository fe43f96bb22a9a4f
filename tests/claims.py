#!/usr/bin/env python3
"""Every test that a table of this project names is there, every row of reliability has one or says why not, and every alert
has its page.

Reads docs/reliability.md, docs/requirements.md and SPEC.md. In their tables `Suite.Name` is a test, * stands for any
letters, `Suite.Name/Row_*` is one row of a test with parameters, and in reliability.md a plain word is a program or
script of tests/. The names of alerts are those that
node/alerts.cpp raises, their pages the parts of docs/OPERATING.md. A list of claims that nobody checks is wrong within a month.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROWS = [f"{suite}{number:02}" for suite, first, last in
        (("F", 1, 25), ("L", 1, 19), ("T", 1, 15), ("O", 6, 12)) for number in range(first, last + 1)]
TEST = re.compile(r"`([A-Z]\w*\.[A-Z][\w*]*(?:/[\w*]+)?)`")
SCRIPT = re.compile(r"`([a-z]\w+)`")


def matches(claim, names):
    pattern = re.compile(re.escape(claim).replace(r"\*", r"\w*") + r"\Z")
    return any(pattern.match(name) for name in names)


def alerts_without_page():
    raised = re.findall(r'"((?:peer|feed|storage|clock|key|backup)-[a-z]+)"', (ROOT / "node/alerts.cpp").read_text(encoding="utf-8"))
    if len(set(raised)) < 9:
        sys.exit(f"only {sorted(set(raised))} were found in node/alerts.cpp: this check reads it wrongly")
    pages = dict(re.findall(r"^### ([\w-]+)\n(.*?)(?=^#|\Z)", (ROOT / "docs/OPERATING.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
    return [f"docs/OPERATING.md: {name} does not say what it {part}" for name in sorted(set(raised))
            for part in ("Means", "Do", "Clears") if f"*{part}*" not in pages.get(name, "")]


def main():
    tests, scripts = set(), set()
    for source in (ROOT / "tests").rglob("*_test.cpp"):
        text = source.read_text(encoding="utf-8")
        rows = re.findall(r'^\s*\{"([A-Z]\d\d_\w+)"', text, re.MULTILINE)
        for kind, suite, name in re.findall(r"^TEST(_[FP])?\((\w+),\s*(\w+)\)", text, re.MULTILINE):
            tests.add(f"{suite}.{name}")
            if kind == "_P":
                tests.update(f"{suite}.{name}/{row}" for row in rows)
    for listing in (ROOT / "tests").rglob("CMakeLists.txt"):
        text = listing.read_text(encoding="utf-8")
        scripts.update(re.findall(r"(?:add_test\(NAME|add_executable\()\s*(\w+)", text))
    if len(tests) < 100 or not scripts:
        sys.exit(f"only {len(tests)} tests and {len(scripts)} programs were found: this check reads the tree wrongly")

    wrong, seen = [], []
    for file in ("docs/reliability.md", "docs/requirements.md", "SPEC.md"):
        for number, line in enumerate((ROOT / file).read_text(encoding="utf-8").splitlines(), 1):
            if not line.startswith("|"):
                continue
            claims = TEST.findall(line)
            wrong += [f"{file}:{number}: no test {claim}" for claim in claims if not matches(claim, tests)]
            row = re.match(r"\| ([A-Z]\d\d) \|", line)
            if file != "docs/reliability.md" or not row:
                continue
            seen.append(row[1])
            programs = SCRIPT.findall(line.split("|")[3])
            wrong += [f"{file}:{number}: no program {name}" for name in programs if name not in scripts]
            if not claims and not programs and "not shown yet:" not in line:
                wrong.append(f"{file}:{number}: {row[1]} names no test and no reason")
    wrong += [f"docs/reliability.md: no row {row}" for row in ROWS if row not in seen]
    wrong += [f"docs/reliability.md: {row} stands there twice" for row in sorted(set(seen)) if seen.count(row) > 1]
    wrong += alerts_without_page()
    print("\n".join(wrong) or f"{len(seen)} rows, all that they name is there")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
