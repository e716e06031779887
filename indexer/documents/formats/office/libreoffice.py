"""Convert old office files (.doc, .xls, .ppt …) by LibreOffice, if it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from indexer.documents.formats.packed import check_zip
from indexer.documents.formats.signature import OLE, actual_ending, renamed
from indexer.documents.source_file import SourceFile
from indexer.errors import DocumentError

_SECONDS = 120
"""Greatest number of seconds that LibreOffice may take for one file."""
_TARGETS = {
    ".doc": "docx",
    ".dot": "docx",
    ".wps": "docx",
    ".ppt": "pdf",
    ".pptx": "pdf",
    ".odp": "pdf",
}


_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings">
<prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop>
<prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop>
<prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop>
<prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop>
<prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop>
<prop oor:name="ooInetNoProxy" oor:op="fuse"><value></value></prop></item>
</oor:items>
"""
"""Settings of LibreOffice: no macros, no linked files, and a proxy that does not exist, so that
nothing can be fetched even if the other settings miss a link."""


def converted(file: SourceFile) -> SourceFile:
    """Return the file in memory, converted to a format that is read directly (DOCX, PDF) and with
    its ending; a file that already has such a format only gets its ending.

    Raises DocumentError if it is not an office file, is damaged or too large, or if LibreOffice is
    not installed, fails, or takes longer than two minutes. Macros do not run, and nothing that the
    file links to is fetched.
    """
    data = file.read()
    ending = actual_ending(data)
    if data.startswith(b"PK") and file.ending in (".doc", ".dot", ".wps"):
        ending = ".docx"
    if ending is not None:
        return renamed(file, ending, data)
    if not data.startswith((OLE, b"PK")):
        raise DocumentError(f"{file.name}: no office file.", "Check what it is.")
    if data.startswith(b"PK"):
        check_zip(data, file.name)
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise DocumentError(
            f"{file.name}: {file.ending} needs LibreOffice.", "Install it, or save it as .docx."
        )
    target = _TARGETS[file.ending]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        profile = Path(folder) / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
        source = Path(folder) / f"document{file.ending}"
        source.write_bytes(data)
        command = [
            program, "--headless", "--norestore", "--nolockcheck",
            f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to", target, "--outdir", folder, str(source),
        ]  # fmt: skip
        if not _run(command):
            raise DocumentError(
                f"{file.name}: LibreOffice took longer than {_SECONDS} s.", "Save it as .docx."
            )
        made = source.with_suffix(f".{target}")
        if not made.exists():
            raise DocumentError(
                f"{file.name}: LibreOffice cannot read it.",
                "Save it as .docx, or check the file."
                if target == "docx"
                else "Install LibreOffice Impress, save it as .pdf, or check the file.",
            )
        return renamed(file, f".{target}", made.read_bytes())


def _run(command: list[str]) -> bool:
    """Run LibreOffice, then end all processes that it started; return True if it ended within
    `_SECONDS`, whatever its exit status: the caller looks for the file that it should have made.

    Its environment names a proxy that does not exist, for the reason given at `_PROFILE`.
    """
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    process = subprocess.Popen(  # noqa: S603  (a program of the system, fixed arguments)
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True, env=os.environ | proxies | {"no_proxy": ""},
    )  # fmt: skip
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return True
