"""Old office files (.doc, .xls, .ppt …), converted by LibreOffice if it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from indexer.documents.source_file import SourceFile, in_memory
from indexer.errors import DocumentError

_SECONDS = 120
_TARGETS = {
    ".doc": "docx",
    ".dot": "docx",
    ".wps": "docx",
    ".ppt": "pdf",
    ".pptx": "pdf",
    ".odp": "pdf",
}


def converted(file: SourceFile) -> SourceFile:
    """Return the file in a format that is read directly.

    Raises DocumentError if LibreOffice is absent, fails, or takes longer than two minutes. Macros
    do not run: a headless conversion loads documents with macros disabled.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise DocumentError(
            f"{file.name}: {file.ending} needs LibreOffice.", "Install it, or save it as .docx."
        )
    target = _TARGETS[file.ending]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"document{file.ending}"
        source.write_bytes(file.read())
        command = [
            program, "--headless", "--norestore", "--nolockcheck",
            f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to", target, "--outdir", folder, str(source),
        ]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            raise DocumentError(
                f"{file.name}: LibreOffice took longer than {_SECONDS} s.", "Save it as .docx."
            ) from None
        made = source.with_suffix(f".{target}")
        if not made.exists():
            raise DocumentError(
                f"{file.name}: LibreOffice cannot read it.", "Save it as .docx, or check the file."
            )
        return in_memory(
            str(Path(file.name).with_suffix(f".{target}")), made.read_bytes(), depth=file.depth
        )
