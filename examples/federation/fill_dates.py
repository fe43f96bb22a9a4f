#!/usr/bin/env python3
"""Replace the relative dates of the sample sheets by real ones, so that the demo never looks old.

  fill_dates.py [--today YYYY-MM-DD] --to FOLDER SHEET.csv ...
  fill_dates.py --self-test

{today-12d} becomes 2026-11-10, {today+40d} lies ahead, {today-12d:long} is written "Nov 10, 2026" (which holds a
comma: keep such a cell in quotation marks). Every other byte of a sheet stays as it is, line ends included.
"""

import argparse
import datetime
import os
import re
import sys
import tempfile

TOKEN = re.compile(rb"\{today(?:([+-][0-9]{1,4})d)?(:long)?\}")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # not strftime: the locale would decide


class BadToken(Exception):
    pass


def fill(text, today):
    """The bytes of a sheet with its dates filled in. Raises BadToken for a {today…} that it cannot read."""

    def written(match):
        try:
            day = today + datetime.timedelta(days=int(match[1] or 0))
        except OverflowError:
            raise BadToken("a date outside the calendar: " + match[0].decode()) from None
        if match[2]:
            return f"{MONTHS[day.month - 1]} {day.day}, {day.year}".encode()
        return day.isoformat().encode()

    filled = TOKEN.sub(written, text)
    left = filled.find(b"{today")
    if left >= 0:
        line = filled.count(b"\n", 0, left) + 1
        raise BadToken(f"line {line}: cannot read {filled[left:left + 24].decode(errors='replace')!r}")
    return filled


def write_whole(path, data):
    """A reader sees the old file or the new one, never half of it."""
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path) or ".")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def self_test():
    day = datetime.date(2026, 3, 1)
    cases = [
        (b"{today}", b"2026-03-01"),
        (b"{today-1d}", b"2026-02-28"),
        (b"{today+31d}", b"2026-04-01"),
        (b"a,{today-60d},b\r\n", b"a,2025-12-31,b\r\n"),
        (b'"{today-1d:long}"', b'"Feb 28, 2026"'),
        (b"{today-0d} {today+0d}", b"2026-03-01 2026-03-01"),
        (b"\xef\xbb\xbf\xff stays", b"\xef\xbb\xbf\xff stays"),
        (b"", b""),
    ]
    for given, want in cases:
        if (got := fill(given, day)) != want:
            raise AssertionError(f"{given!r} became {got!r}, not {want!r}")
    leap = fill(b"{today-1d}", datetime.date(2028, 3, 1))
    if leap != b"2028-02-29":
        raise AssertionError(f"the day before March 1, 2028 became {leap!r}")
    for wrong in [b"{today-3w}", b"{today-}", b"{today-12345d}", b"{today-1d:short}", b"x\n{today", b"{today -1d}"]:
        try:
            fill(wrong, day)
        except BadToken:
            continue
        raise AssertionError(f"{wrong!r} was not refused")
    try:
        fill(b"{today-9999d}", datetime.date(1, 1, 2))
    except BadToken:
        return
    raise AssertionError("a date before the calendar was not refused")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--today", type=datetime.date.fromisoformat, default=None, help="default: this computer's day")
    parser.add_argument("--to", metavar="FOLDER", help="where the filled sheets go, under the same names")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("sheets", nargs="*", metavar="SHEET.csv")
    given = parser.parse_args()
    if given.self_test:
        self_test()
        print("fill_dates: self-test passed")
        return 0
    if not given.sheets or not given.to:
        parser.error("name the sheets, and the folder to write them to with --to")
    os.makedirs(given.to, exist_ok=True)
    today = given.today or datetime.date.today()
    for sheet in given.sheets:
        target = os.path.join(given.to, os.path.basename(sheet))
        if os.path.exists(target) and os.path.samefile(sheet, target):
            parser.error(f"{sheet}: --to must be another folder, or the relative dates would be lost")
        try:
            with open(sheet, "rb") as source:
                write_whole(target, fill(source.read(), today))
        except (BadToken, OSError) as error:
            print(f"fill_dates: {sheet}: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
