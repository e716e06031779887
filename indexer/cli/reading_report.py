"""Print, after a rebuild, an update or an inspection, what was read and what was left out."""

from __future__ import annotations

import sys

import click

from indexer.cli.language import number, say, say_problem
from indexer.documents.formats import ENDINGS, FORMATS
from indexer.rebuild import ReadingReport

_MAX_KEYS = 30
"""Greatest number of unknown keys that are named; the JSON has all of them."""
_MAX_LINES = 10
"""Greatest number of repeated lines that are quoted."""


def problems(report: ReadingReport) -> list[str]:
    """Return a line for each document and kind of file that was left out or not read as a whole,
    and for settings that do not fit."""
    lines = [_note(f"left out: {say_problem(error)}") for error in report.broken]
    lines += _more(report.broken_count - len(report.broken), "left out")
    lines += [_note(f"left out: {say_problem(error)}") for error in report.withheld]
    lines += _more(report.withheld_count - len(report.withheld), "left out")
    lines += [_note(f"warning: {say_problem(str(warning))}") for warning in report.warnings]
    lines += _more(report.warning_count - len(report.warnings), "warning")
    for ending, count in report.skipped.items():
        noun = "file" if count == 1 else "files"
        lines.append(_note(f"left out: {count:,} {noun} {ending}: {say(_remedy(ending))}"))
    if report.unknown_keys:
        shown = [f"{name} ({number(count)})" for name, count in report.unknown_keys.items()]
        names = ", ".join(shown[:_MAX_KEYS]) + (", …" if len(shown) > _MAX_KEYS else "")
        lines.append(
            _note(
                f"note: kept under “Khác”, for no setting knows them: {names}; "
                "[columns] or [fields] of archive.toml can."
            )
        )
    for found in report.repeated_lines[:_MAX_LINES]:
        where = found.where or "."
        lines.append(
            _note(
                f"note: {found.pages:,} of {found.of:,} pages of {where} have the line "
                f"“{found.line}”; if it belongs to none, put it into chrome of archive.toml."
            )
        )
    lines += [
        _note(f"warning: archive.toml pins {name!r}, but no document has this id or URL.")
        for name in report.unknown_pins
    ]
    return lines


def print_reading(report: ReadingReport, *, quiet: bool = False) -> None:
    """Print what was left out or lost; exit with code 1 if a file or document was left out.

    Files and documents are named on standard error. A table of the formats is printed on standard
    output if there is more than one or anything was left out, but not if `quiet`: with --json it is
    part of the JSON.
    """
    for line in problems(report):
        click.echo(line, err=True)
    if not quiet and (len(report.read) > 1 or not report.is_complete):
        for name, count in report.read.items():
            click.echo(f"  {number(count):>8} {say('read'):<7} {name}")
        if report.broken_count:
            click.echo(f"  {number(report.broken_count):>8} {say('broken')}")
        if report.withheld_count:
            click.echo(f"  {number(report.withheld_count):>8} {say('seen by nobody')}")
        for ending, count in report.skipped.items():
            click.echo(f"  {number(count):>8} {say('no format')} {say(ending)}")
    if not report.is_complete:
        sys.exit(1)


def _more(count: int, what: str) -> list[str]:
    return [_note(f"{what}: {count:,} more of this kind")] if count > 0 else []


def _note(text: str) -> str:
    return f"tracuu: {say(text)}"


_SCANS = next(format_.endings for format_ in FORMATS if format_.name == "image")
_IMAGES = frozenset(".gif .bmp .webp .svg .heic .jp2".split())
_SOUND = frozenset(".mp3 .wav .ogg .m4a .mp4 .avi .mov .mkv .webm".split())
_PACKED = frozenset(".rar .7z .tar .gz .tgz .bz2 .xz".split())


def _remedy(ending: str) -> str:
    if ending in _SCANS:
        return "scanned pages with text are read with --ocr (needs tesseract with Vietnamese)."
    if ending in _IMAGES:
        return "images hold no text; save scans as .jpg, .png or .tif and use --ocr."
    if ending in _SOUND:
        return "sound and video are not read."
    if ending in _PACKED:
        return "unpack them, or pack them as .zip."
    if ending == "(no ending)":
        return f"give them one of {', '.join(ENDINGS[:6])} …"
    return "no format has this ending; save them as .txt, .pdf or .docx, or move them elsewhere."
