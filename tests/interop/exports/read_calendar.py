"""Reads what `kith export --ics` writes by python3-icalendar: every event, no property of its own.

read_calendar.py NODE_TESTS FOLDER   skips with 77 where the package is missing; in CI that is a failure
"""
import os
import pathlib
import subprocess
import sys

node_tests, folder = sys.argv[1], pathlib.Path(sys.argv[2])
try:
    import icalendar
except ImportError:
    print("python3-icalendar is missing (scripts/setup interop)")
    sys.exit(1 if os.environ.get("CI") == "true" else 77)

folder.mkdir(parents=True, exist_ok=True)
subprocess.run(
    [node_tests, "--gtest_filter=ExportFormats.WriteSamplesForOtherPrograms"],
    env={**os.environ, "KITH_EXPORT_SAMPLES": str(folder)},
    check=True,
    stdout=subprocess.DEVNULL,
)
text = (folder / "groups.ics").read_bytes()
calendar = icalendar.Calendar.from_ical(text)
allowed = set(
    "UID DTSTAMP DTSTART DURATION RRULE EXDATE RDATE SUMMARY DESCRIPTION URL LOCATION STATUS TRANSP".split()
)
events = 0
for part in calendar.walk():
    assert part.name in ("VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VEVENT"), part.name
    assert not part.errors, part.errors
    if part.name == "VTIMEZONE":
        part.to_tz()
    if part.name == "VEVENT":
        events += 1
        assert set(part) <= allowed, set(part) - allowed
        part.decoded("DTSTART")
assert events == text.count(b"\r\nBEGIN:VEVENT\r\n"), events
assert events > 5
print(f"ok: {events} events")
