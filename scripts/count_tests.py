#!/usr/bin/env python3
"""Reads the JUnit file that ctest wrote and ends with the one line 'N passed, N failed, N skipped'.

Called by scripts/test. Trusts the file no further than ctest's own exit code: where the two disagree, the run failed.
"""
import argparse
import datetime
import os
import platform
import re
import sys
import xml.etree.ElementTree as ElementTree

MEASURED = re.compile(r"^MEASURED (.*\S)\s*$", re.MULTILINE)
TAIL_LINES = 60


def read_cases(path):
    """Yields (name, outcome, seconds, output) per test."""
    with open(path, "rb") as file:
        raw = file.read()
    # A test of hostile bytes may print control characters, which XML cannot carry even as references.
    text = raw.decode("utf-8", "replace")
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:x[01]?[0-9a-fA-F]|[0-2]?[0-9]|3[01]);", "?", text)
    for case in ElementTree.fromstring(text).iter("testcase"):
        status = case.get("status")
        output = case.findtext("system-out") or ""
        skipped = case.find("skipped")
        failure = case.find("failure")
        reason = (skipped if skipped is not None else failure)
        reason = "" if reason is None else reason.get("message", "")
        if status == "run" and failure is None:
            outcome = "passed"
        elif status == "disabled" or (status == "notrun" and reason.startswith("SKIP_")):
            outcome = "skipped"
        else:
            # Also "notrun" for any other reason: a program that was not built must not look like a skipped test.
            outcome = "failed"
            if reason:
                output += f"\n({reason})"
            elif re.search(r"\[ RUN      \] .*\Z", output.rstrip().rsplit("\n", 1)[-1]):
                output += "\n(no verdict: the program crashed here, or ran into the time limit)"
        yield case.get("name"), outcome, float(case.get("time") or 0), output


def why_skipped(output):
    """The sentence given to GTEST_SKIP, or a script's last line."""
    found = re.search(r"^\S+:\d+: Skipped\n(.*?)\n\s*\n?\[  SKIPPED \]", output, re.MULTILINE | re.DOTALL)
    lines = (found.group(1) if found else output).strip().splitlines()
    if found:
        return " ".join(line.strip() for line in lines) or "no reason given"
    return lines[-1].strip() if lines else "no reason given"


def memory_gib():
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            return round(int(file.readline().split()[1]) / 2**20)
    except (OSError, ValueError, IndexError):
        return 0


def record(path, arguments, counts, cases):
    now = datetime.datetime.now(datetime.timezone.utc)
    new = not os.path.exists(path) or os.path.getsize(path) == 0
    with open(path, "a", encoding="utf-8") as out:
        if new:
            out.write("# Measurements\n\nWritten by `scripts/test --long`, newest last. "
                      "Figures of different machines do not compare.\n")
        out.write(f"\n## {now:%Y-%m-%d %H:%M} UTC, commit {arguments.commit}\n\n")
        out.write(f"- {counts}; the whole run {arguments.seconds} s; preset `{arguments.preset}`, "
                  f"seed {arguments.seed}" + (f", only `{arguments.filter}`" if arguments.filter else "") + "\n")
        out.write(f"- {platform.machine()}, {os.cpu_count()} cores, {memory_gib()} GiB, {platform.release().split('-')[0]}\n")
        for name, _, seconds, _ in sorted(cases, key=lambda case: -case[2])[:5]:
            if seconds >= 1:
                out.write(f"- {name}: {seconds:.1f} s\n")
        for name, _, _, output in cases:
            for line in MEASURED.findall(output):
                out.write(f"- {name}: {line}\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("junit", nargs="+", help="ctest's file, then scripts/fuzz's")
    parser.add_argument("--ctest-code", type=int, required=True)
    parser.add_argument("--preset", required=True)
    parser.add_argument("--seed", required=True)
    parser.add_argument("--filter", default="")
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--record")
    parser.add_argument("--commit")
    arguments = parser.parse_args()

    cases = []
    unreadable = False
    for junit in arguments.junit:
        try:
            cases += read_cases(junit)
        except (OSError, ElementTree.ParseError) as problem:
            unreadable = True
            if junit == arguments.junit[0]:
                print(f"\nctest left no readable results ({problem}); it ended with code {arguments.ctest_code}.")
            else:
                print(f"\nscripts/fuzz left no readable results ({problem}); see its words above.")

    passed = [case for case in cases if case[1] == "passed"]
    failed = [case for case in cases if case[1] == "failed"]
    skipped = [case for case in cases if case[1] == "skipped"]

    print()
    for name, _, _, output in failed:
        lines = output.strip().splitlines()
        print(f"---- FAILED {name}")
        if len(lines) > TAIL_LINES:
            print(f"(the last {TAIL_LINES} of {len(lines)} lines)")
        print("\n".join(lines[-TAIL_LINES:]))
        again = "^" + re.sub(r"([.+*?()\[\]^$|\\])", r"\\\1", name) + "$"
        preset = "" if arguments.preset == "dev" else f" --preset {arguments.preset}"
        if name.startswith("fuzz_") and "/" not in name and "again: " in output:
            print()  # its own words say how
        else:
            print(f"---- again: scripts/test{preset} --seed {arguments.seed} '{again}'\n")
    for name, _, _, output in cases:
        for line in MEASURED.findall(output):
            print(f"measured  {name}: {line}")
    for name, _, _, output in skipped:
        print(f"skipped   {name}: {why_skipped(output)}")
    slowest = [case for case in sorted(cases, key=lambda case: -case[2])[:5] if case[2] >= 5]
    for name, _, seconds, _ in slowest:
        print(f"slow      {name}: {seconds:.0f} s")

    disagree = arguments.ctest_code != 0 and not failed
    if not cases:
        wanted = f" matches '{arguments.filter}'" if arguments.filter else " was found"
        print(f"No test{wanted}. List them with: ctest --test-dir build/{arguments.preset} -N")
    elif disagree:
        print(f"ctest ended with code {arguments.ctest_code} although no test failed; see its words above.")
    elif skipped and not passed:
        print("Every test was skipped, so nothing was shown; this counts as a failure.")
    counts = f"{len(passed)} passed, {len(failed)} failed, {len(skipped)} skipped"
    if arguments.record and cases:
        record(arguments.record, arguments, counts, cases)
        print(f"Figures written to {arguments.record}")
    print(f"Seed {arguments.seed}, {arguments.seconds} s")
    print(counts)
    return 0 if passed and not failed and not unreadable and arguments.ctest_code == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
