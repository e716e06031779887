"""Every command as a person runs it: what it prints, on which stream, and its exit code."""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from archives import build, write_jsonl
from copied_texts import reprints
from texts import SEEDS

from indexer import (
    SETTINGS,
    Archive,
    SearchRequest,
    Sort,
    cli,
    rebuild,
    results_payload,
    update,
)
from indexer.cli.language import language_of, say, use
from indexer.cli.main import cli as cli_group


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs `tracuu` with the given arguments in this process."""

    # With several workers, prometheus_client would count in files in this process for good.
    monkeypatch.setenv("TRACUU_WORKERS", "1")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["tracuu", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        return Outcome(int(left.value.code or 0), captured.out, captured.err)

    return run


def process(*arguments: str | bytes, **options: object) -> subprocess.CompletedProcess[bytes]:
    command: list[str | bytes] = [sys.executable, "-m", "indexer.cli", *arguments]
    return subprocess.run(command, capture_output=True, timeout=60, check=False, **options)  # type: ignore[call-overload,no-any-return]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(
        tmp_path_factory.mktemp("cli") / "index",
        {"id": "một", "title": "Dân vận khéo", "text": "công tác dân vận", "date": "2021-01-08"},
        {"id": "hai", "title": "Hội nghị", "text": "về dân vận", "date": "2020-01-08"},
        {"id": "ba", "title": "Không", "text": "không có gì"},
    )


def one_line(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith("\n") and "Traceback" not in text


# Invalid input


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["search", "x", "--page", "0"], "page=0"),
        (["search", "x", "--size", "101"], "size=101"),
        (["search", "x", "--page", "two"], "two"),
        (["search", "x", "--sort", "upwards"], "upwards"),
        (["search", "x", "--filter", "year"], "FACET=VALUE"),
        (["search", "x", "--filter", "colour=red"], "colour"),
        (["search"], "QUERY"),
        (["search", "x", "y"], "y"),
        (["search", "x", "--nonsense"], "--nonsense"),
        (["nonsense"], "nonsense"),
        (["analyze"], "TEXT"),
        (["evaluate", "nowhere.jsonl"], "nowhere.jsonl"),
        (["serve", "--port", "70000"], "70000"),
        (["serve", "--port", "0", "--host", "256.0.0.1"], "256.0.0.1"),
    ],
)
def test_invalid_input_prints_one_line_on_standard_error(
    run: Run, index: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    monkeypatch.setenv("TRACUU_INDEX", str(index))
    outcome = run(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert one_line(outcome.err), outcome.err
    assert outcome.err.startswith("tracuu: ")
    assert says in outcome.err


@pytest.mark.parametrize(
    ("command", "step", "said"),
    [
        ("rebuild", "indexer.cli.commands.index.run_rebuild", "interrupted; nothing was changed."),
        ("update", "indexer.cli.commands.index.run_update", "interrupted; nothing was changed."),
        ("check", "indexer.engines.whoosh.check", "interrupted."),
    ],
)
def test_an_interrupted_command_says_if_the_index_was_changed(
    run: Run, index: Path, monkeypatch: pytest.MonkeyPatch, command: str, step: str, said: str
) -> None:
    def interrupt(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(step, interrupt)
    outcome = run(command, "--index", index)
    assert (outcome.code, outcome.out, outcome.err.strip()) == (130, "", f"tracuu: {said}")


@pytest.mark.parametrize("command", [["search", "x"], ["check"], ["evaluate", "q"], ["serve"]])
def test_without_an_index_one_line_names_the_remedy(
    run: Run, tmp_path: Path, command: list[str]
) -> None:
    if command[0] == "evaluate":
        path = write_jsonl(tmp_path / "q", {"qid": 1, "query": "x", "relevant": ["y"]})
        command = ["evaluate", str(path)]
    outcome = run(*command, "--index", tmp_path / "none")
    assert (outcome.code, outcome.out) == (2, "")
    assert one_line(outcome.err)
    assert "tracuu rebuild" in outcome.err


@pytest.mark.parametrize("source", ["missing", "empty", "only-broken"])
def test_a_rebuild_without_readable_documents_keeps_the_index(
    run: Run, tmp_path: Path, source: str
) -> None:
    index = build(tmp_path / "index", {"id": "a", "text": "dân vận"})
    before = (index / "CURRENT").read_text()
    if source == "empty":
        (tmp_path / source).mkdir()
    elif source == "only-broken":
        (tmp_path / source).mkdir()
        (tmp_path / source / "x.jsonl").write_text("{", encoding="utf-8")
    outcome = run("rebuild", tmp_path / source, "--index", index)
    assert (outcome.code, outcome.out) == (2, "")
    assert one_line(outcome.err)
    assert (index / "CURRENT").read_text() == before


def test_an_index_folder_that_is_a_file_is_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for arguments in (["rebuild", SEEDS], ["search", "x"], ["check"]):
        outcome = run(*arguments, "--index", tmp_path / "file")
        assert outcome.code == 2
        assert one_line(outcome.err)
    assert run("rebuild", SEEDS, "--index", tmp_path / "file" / "below").code == 2


@pytest.mark.parametrize("name", ["PAGE_SIZE", "PORT"])
def test_a_setting_that_is_no_number_is_an_error(
    run: Run, index: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"TRACUU_{name}", "many")
    command = ["serve"] if name == "PORT" else ["search", "x"]
    outcome = run(*command, "--index", index)
    assert outcome.code == 2
    assert one_line(outcome.err)
    assert f"TRACUU_{name}='many'" in outcome.err


@pytest.mark.parametrize(
    ("name", "value"),
    [("PAGE_SIZE", "0"), ("PAGE_SIZE", "101"), ("THREADS", "0"), ("THREADS", "-1")],
)
def test_a_setting_out_of_range_is_an_error(
    run: Run, index: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"TRACUU_{name}", value)
    outcome = run("serve", "--port", "0", "--index", index)
    assert outcome.code == 2
    assert one_line(outcome.err)
    assert f"TRACUU_{name}={value} is out of range. Use 1 to " in outcome.err


# rebuild


def test_rebuild_skips_a_broken_file_and_names_it(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    write_jsonl(source / "good.jsonl", {"id": "a", "text": "dân vận"})
    (source / "broken.jsonl").write_text("{nonsense\n", encoding="utf-8")
    outcome = run("rebuild", source, "--index", tmp_path / "index")
    assert outcome.code == 1
    assert one_line(outcome.err)
    assert "left out" in outcome.err
    assert "broken.jsonl" in outcome.err
    assert outcome.out.startswith("1 documents in ")
    assert run("search", "dân vận", "--index", tmp_path / "index").code == 0


def test_rebuild_without_arguments_reads_the_seeds(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACUU_SEEDS", str(SEEDS))
    monkeypatch.setenv("TRACUU_INDEX", str(tmp_path / "index"))
    outcome = run("rebuild")
    assert (outcome.code, outcome.err) == (0, "")  # no progress bar without a terminal
    assert outcome.out.startswith(f"5 documents in {tmp_path}")


def test_rebuild_accepts_several_sources(run: Run, tmp_path: Path) -> None:
    one = write_jsonl(tmp_path / "1.jsonl", {"id": "a", "text": "x"})
    two = write_jsonl(tmp_path / "2.jsonl", {"id": "b", "text": "x"})
    assert run("rebuild", one, two, "--index", tmp_path / "i").out.startswith("2 documents")


def test_a_rebuild_that_loses_most_of_an_archive_asks_first(run: Run, tmp_path: Path) -> None:
    index = build(tmp_path / "index", *({"id": str(n), "text": f"dân vận {n}"} for n in range(10)))
    before = (index / "CURRENT").read_text()
    seven = write_jsonl(tmp_path / "7.jsonl", *({"id": str(n), "text": "x"} for n in range(7)))
    stopped = run("rebuild", seven, "--index", index)
    assert (stopped.code, stopped.out) == (2, "")
    assert "10 documents; only 7 were read" in stopped.err
    assert "--allow-shrink" in stopped.err
    assert (index / "CURRENT").read_text() == before
    assert run("rebuild", seven, "--allow-shrink", "--index", index).code == 0
    six = write_jsonl(tmp_path / "6.jsonl", *({"id": str(n), "text": "x"} for n in range(6)))
    assert run("rebuild", six, "--index", index).code == 0  # one in seven is less than a fifth


def test_a_rebuild_of_a_source_that_was_mostly_left_out_asks_first(
    run: Run, tmp_path: Path
) -> None:
    index = build(tmp_path / "index", {"id": "1", "text": "x"})
    folder = tmp_path / "folder"
    folder.mkdir()
    write_jsonl(folder / "a.jsonl", {"id": "1", "text": "x"}, {"id": "2", "text": "x"})
    for number in range(3):
        (folder / f"{number}.xyz").write_text("x")
    assert run("rebuild", folder, "--index", index).code == 2
    assert run("rebuild", folder, "--allow-shrink", "--index", index).code == 1


# update


def reported_numbers(outcome: Outcome) -> list[int]:
    """Return the numbers of added, replaced, deleted, unchanged and all documents that `tracuu
    update` printed."""
    assert outcome.err == ""
    return [int(number) for number in re.findall(r"\b[0-9]+(?= )", outcome.out)[:5]]


def test_update_adds_and_replaces_documents_and_keeps_the_others(run: Run, tmp_path: Path) -> None:
    first = [{"id": name, "text": f"dân vận {name}"} for name in "abc"]
    index = build(tmp_path / "index", *first)
    source = write_jsonl(
        tmp_path / "s.jsonl", first[0], {"id": "b", "text": "khéo"}, {"id": "d", "text": "mới"}
    )
    outcome = run("update", source, "--index", index)
    assert outcome.code == 0
    assert reported_numbers(outcome) == [1, 1, 0, 1, 4]
    assert "1 of them are not in the sources; --prune takes them out" in outcome.out
    found = json.loads(run("search", "khéo", "--json", "--index", index).out)
    assert [hit["id"] for hit in found["hits"]] == ["b"]

    before = (index / "CURRENT").read_text()
    again = run("update", source, "--index", index)
    assert reported_numbers(again) == [0, 0, 0, 3, 4]
    assert (index / "CURRENT").read_text() == before

    pruned = run("update", source, "--prune", "--delete", "d", "--index", index, "--json")
    assert pruned.code == 0
    shown = json.loads(pruned.out)
    assert shown.pop("status")["documents"] == 2
    assert shown == {"added": 0, "replaced": 0, "deleted": 2, "unchanged": 2, "absent": 0,
                     "read": {}, "broken": [], "broken_count": 0, "withheld": [],
                     "withheld_count": 0, "warnings": [],
                     "warning_count": 0, "skipped": {}, "passed_over": 0,
                     "unknown_keys": {}, "unknown_pins": [], "repeated_lines": [],
                     "fields_changed": False}  # fmt: skip
    assert run("check", "--index", index).code == 0


def test_update_with_delete_alone_reads_no_source(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACUU_SEEDS", str(SEEDS))
    index = build(tmp_path / "i", *({"id": name, "text": f"dân {name}"} for name in "abc"))
    outcome = run("update", "--delete", "a", "--delete", "c", "--index", index)
    assert reported_numbers(outcome) == [0, 0, 2, 0, 1]
    assert "sources" not in outcome.out
    assert json.loads(run("search", "dân", "--json", "--index", index).out)["total"] == 1
    assert reported_numbers(run("update", "--index", index)) == [5, 0, 0, 0, 6]


def test_update_builds_the_index_if_there_is_none(run: Run, tmp_path: Path) -> None:
    outcome = run("update", SEEDS, "--index", tmp_path / "index")
    assert reported_numbers(outcome) == [5, 0, 0, 0, 5]
    refused = run("update", "--delete", "a", "--index", tmp_path / "none")
    assert (refused.code, refused.out) == (2, "")
    assert one_line(refused.err)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--delete", "nobody"], "'nobody'"),
        (["{source}", "--delete", "a", "--delete", "nobody"], "'nobody'"),
        (["{broken}", "--prune"], "broken.jsonl:2"),
        (["nowhere"], "nowhere"),
    ],
)
def test_an_update_that_fails_changes_nothing(
    run: Run, tmp_path: Path, arguments: list[str], says: str
) -> None:
    index = build(tmp_path / "index", {"id": "a", "text": "dân"}, {"id": "b", "text": "vận"})
    source = write_jsonl(tmp_path / "s.jsonl", {"id": "c", "text": "mới"})
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"id": "a", "text": "khác"}\n{', encoding="utf-8")
    left = sorted(path.name for path in index.iterdir())
    outcome = run(
        "update", *(a.format(source=source, broken=broken) for a in arguments), "--index", index
    )
    assert (outcome.code, outcome.out) == (2, "")
    assert one_line(outcome.err)
    assert says in outcome.err
    assert sorted(path.name for path in index.iterdir()) == left


def test_a_document_that_cannot_be_read_keeps_its_old_version(run: Run, tmp_path: Path) -> None:
    index = build(tmp_path / "index", {"id": "a", "text": "dân"}, {"id": "b", "text": "vận"})
    source = tmp_path / "source.jsonl"
    source.write_text('{"id": "a", "text": "khác"}\n{\n', encoding="utf-8")
    outcome = run("update", source, "--index", index)
    assert outcome.code == 1
    assert outcome.out.startswith("0 added, 1 replaced, 0 deleted, 0 unchanged\n2 documents in ")
    assert one_line(outcome.err)
    assert "left out" in outcome.err
    assert "source.jsonl:2" in outcome.err


def test_update_does_not_wait_for_another_one(run: Run, tmp_path: Path) -> None:
    index = build(tmp_path / "index", {"id": "a", "text": "dân"})
    with (index / "LOCK").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        outcome = run("update", SEEDS, "--index", index)
    assert outcome.code == 2
    assert one_line(outcome.err)
    assert "Wait" in outcome.err


@pytest.mark.parametrize("command", [rebuild, update])
def test_progress_counts_to_about_the_number_of_documents(tmp_path: Path, command: Any) -> None:
    records = ({"id": str(number), "text": f"dân vận {number}"} for number in range(3000))
    source = write_jsonl(tmp_path / "s.jsonl", *records)
    build(tmp_path / "index", {"id": "0", "text": "dân vận 0"})
    reported: list[tuple[int, int]] = []
    command([source], tmp_path / "index", progress=lambda *now: reported.append(now))
    assert reported
    assert all(0 < done <= total for done, total in reported)
    assert all(2000 < total < 4000 for _, total in reported)


def test_progress_goes_on_while_files_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["indexer.rebuild"], "_REPORT_SECONDS", 0)
    for number in range(20):
        (tmp_path / f"{number}.txt").write_text(f"dân vận {number}", encoding="utf-8")
    reported: list[tuple[int, int]] = []
    rebuild([tmp_path], tmp_path / "index", progress=lambda *now: reported.append(now))
    counts = [done for done, _ in reported]
    assert counts == sorted(counts)
    assert len(set(counts)) > 5
    assert reported[-1] == (20, 20)


# search


@pytest.mark.parametrize(
    ("arguments", "request_"),
    [
        (["dân vận"], SearchRequest("dân vận")),
        (["dan van kheo"], SearchRequest("dan van kheo")),
        (["dân vận", "--sort", "oldest"], SearchRequest("dân vận", sort=Sort.OLDEST)),
        (["dân vận", "--sort", "title"], SearchRequest("dân vận", sort=Sort.TITLE)),
        (["dan van", "--exact"], SearchRequest("dan van", exact=True)),
        (["dân vận", "--page", "2", "--size", "1"], SearchRequest("dân vận", page=2, size=1)),
        (
            ["dân", "--filter", "year=2021", "--filter", "year=2020", "--filter", "author=a=b"],
            SearchRequest("dân", filters={"year": ("2021", "2020"), "author": ("a=b",)}),
        ),
        ([""], SearchRequest("")),
        (["--", "-khéo"], SearchRequest("-khéo")),
    ],
)
def test_search_with_json_prints_the_api_payload(
    run: Run, index: Path, arguments: list[str], request_: SearchRequest
) -> None:
    outcome = run("search", "--json", "--index", index, *arguments)
    assert (outcome.code, outcome.err) == (0, "")
    shown = json.loads(outcome.out)
    with Archive.open(index) as archive:
        expected = json.loads(json.dumps(results_payload(archive.search(request_))))
    assert shown.pop("took_ms") >= 0
    expected.pop("took_ms")
    assert shown == expected
    assert "\\u" not in outcome.out  # Vietnamese is not escaped


def test_search_prints_total_rung_suggestion_and_hits(run: Run, index: Path) -> None:
    outcome = run("search", "dan van kheo", "--lang", "vi", "--index", index)
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0].startswith("1 kết quả · không dấu")
    assert "Ý bạn là: dân vận khéo" in lines
    assert "1. Dân vận khéo" in lines
    assert "   một  08/01/2021" in lines


def test_search_lists_copies_with_their_hit(run: Run, tmp_path: Path) -> None:
    index = build(tmp_path / "i", *reprints())
    vietnamese = ("--lang", "vi", "--index", index)
    outcome = run("search", "chuyện dân vận", *vietnamese)
    assert outcome.out.startswith("10 kết quả (1 sau khi gộp bản trùng) · ")
    assert "   Cũng có ở: bai-" in outcome.out
    assert " và 1 bản nữa" in outcome.out
    assert "   3 bản gần giống (--copies bai-" in outcome.out
    every = run("search", "chuyện dân vận", "--ungrouped", "--size", "20", *vietnamese)
    assert every.out.startswith("10 kết quả · ")
    assert "Cũng có ở" not in every.out
    group = run("search", "chuyện dân vận", "--copies", "ban-0", *vietnamese)
    assert group.out.startswith("10 kết quả · ")


def test_hit_numbers_continue_from_page_to_page(run: Run, index: Path) -> None:
    outcome = run("search", "dân vận", "--page", "2", "--size", "1", "--index", index)
    assert "2. " in outcome.out
    assert "1. " not in outcome.out


def test_text_that_looks_like_console_markup_is_printed_as_it_is(run: Run, tmp_path: Path) -> None:
    index = build(tmp_path / "i", {"id": "[red]", "title": "[bold]dân[/bold]", "text": "[x] dân"})
    outcome = run("search", "dân", "--index", index)
    assert "[bold]dân[/bold]" in outcome.out
    assert "[red]" in outcome.out


def test_the_page_size_comes_from_the_environment(
    run: Run, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACUU_PAGE_SIZE", "1")
    assert len(json.loads(run("search", "dân", "--json", "--index", index).out)["hits"]) == 1


# analyze, evaluate, check


def test_analyze_lists_terms_with_their_text(run: Run) -> None:
    text = "Ban Dân vận, 06 tháng"
    rows = json.loads(run("analyze", "--json", text).out)
    assert [r["term"] for r in rows if r["kind"] == "syllable"] == "ban dân vận 6 tháng".split()
    assert {"dân_vận": "dan_van"}.items() <= {r["term"]: r["folded"] for r in rows}.items()
    assert all(text[r["start"] : r["end"]] == r["text"] for r in rows)
    table = run("analyze", text)
    assert (table.code, table.err) == (0, "")
    assert all(str(value) in table.out for row in rows for value in row.values())


def test_evaluate_prints_the_measures(run: Run, index: Path, tmp_path: Path) -> None:
    path = write_jsonl(
        tmp_path / "q.jsonl",
        {"qid": 1, "query": "dân vận khéo", "relevant": ["một"]},
        {"qid": 2, "query": "=khéo", "relevant": ["một"]},
    )
    measures = json.loads(run("evaluate", path, "--json", "--index", index).out)
    assert (measures["queries"], measures["mrr_10"], measures["ndcg_10"]) == (2, 1.0, 1.0)
    bare = json.loads(run("evaluate", path, "--unaccented", "--json", "--index", index).out)
    assert bare["mrr_10"] == 0.5
    line = run("evaluate", path, "--index", index)
    assert line.err == ""
    assert "nDCG@10 1.0000  MRR@10 1.0000  recall@100 1.0000" in line.out


def test_invalid_queries_are_reported_with_their_line(
    run: Run, index: Path, tmp_path: Path
) -> None:
    path = write_jsonl(tmp_path / "q.jsonl", {"qid": 1, "query": "x", "relevant": []})
    outcome = run("evaluate", path, "--index", index)
    assert outcome.code == 2
    assert one_line(outcome.err)
    assert f"{path}:1:" in outcome.err


def test_check_reports_a_damaged_file(run: Run, tmp_path: Path) -> None:
    index = build(tmp_path / "index", {"id": "a", "text": "dân vận"})
    whole = run("check", "--index", index)
    assert (whole.code, whole.err) == (0, "")
    assert whole.out.endswith(": whole\n")

    folder = index / (index / "CURRENT").read_text().split()[0]
    damaged = max(folder.iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    found = run("check", "--index", index)
    assert (found.code, found.out) == (1, "")
    assert damaged.name in found.err
    assert all(line.startswith("tracuu: ") for line in found.err.splitlines())


# Help


def test_help_names_every_setting_with_its_default(run: Run) -> None:
    shown = " ".join(run("--help").out.split())
    for setting in SETTINGS:
        assert f"{setting.variable} {setting.help} [{setting.default}]" in shown


@pytest.mark.parametrize(
    "command", ["rebuild", "update", "search", "analyze", "evaluate", "check", "serve"]
)
def test_every_command_has_help(run: Run, command: str) -> None:
    outcome = run(command, "-h")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: tracuu {command} ")
    assert command in run("--help").out


def test_version_prints_name_and_version(run: Run) -> None:
    from indexer import __version__

    assert run("--version").out == f"tracuu {__version__}\n"


def test_without_a_command_the_error_names_the_help(run: Run) -> None:
    outcome = run()
    assert (outcome.code, outcome.out) == (2, "")
    assert one_line(outcome.err)
    assert "tracuu --help" in outcome.err


# Its language


VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        (["search", "a"], {}, "en"),
        (["search", "a"], {"LANG": "vi_VN.UTF-8"}, "vi"),
        (["search", "a"], {"LANG": "vi_VN.UTF-8", "LC_ALL": "C"}, "en"),
        (["search", "a"], {"LANG": "en_US.UTF-8", "LC_MESSAGES": "vi_VN"}, "vi"),
        (["--lang", "vi", "search", "a"], {}, "vi"),
        (["search", "--lang=en", "a"], {"LANG": "vi_VN"}, "en"),
        (["search", "--", "--lang", "vi"], {}, "en"),
        (["search", "a", "--lang"], {"LANG": "vi_VN"}, "vi"),
    ],
)
def test_the_language_is_named_or_that_of_the_locale(
    arguments: list[str], environment: dict[str, str], language: str
) -> None:
    assert language_of(arguments, environment) == language


def test_an_answer_is_in_one_language(run: Run, index: Path) -> None:
    arguments = ("search", "dan van kheo", "--explain", "--index", index)
    english, vietnamese = run(*arguments), run(*arguments, "--lang", "vi")
    own = re.compile("Dân vận khéo|dân vận khéo|công tác dân vận|một|[^ ]+ / .*|cặp|khéo|vận|dân")
    left = [line for line in english.out.splitlines() if VIETNAMESE.search(own.sub("", line))]
    assert left == []
    assert "accents ignored" in english.out
    assert "The page has all words, apart from their marks." in english.out
    for word in ("syllable", "points", "sum", "results", "Did you mean"):
        assert word in english.out
        assert word not in vietnamese.out
    assert "Trang có đủ các từ, không kể dấu." in vietnamese.out


def test_the_whole_help_is_vietnamese(run: Run) -> None:
    for command in cli_group.commands:
        shown = run(command, "--help", "--lang", "vi").out
        assert shown.startswith(f"Cách dùng: tracuu {command} ")
        for english in ("Options:", "Show this", "[default", "Folder of", "Print JSON"):
            assert english not in shown
        assert run(command, "--help").out.startswith("Usage:")  # it does not stay
    for text in (*(s.help for s in SETTINGS), "Full-text search for Vietnamese archives."):
        use("vi")
        try:
            assert say(text) != text
        finally:
            use("en")


def test_every_text_of_a_command_has_its_vietnamese() -> None:
    use("vi")
    try:
        for command in cli_group.commands.values():
            texts = [command.help, *(getattr(option, "help", None) for option in command.params)]
            for text in filter(None, texts):
                assert say(" ".join(text.split())) != " ".join(text.split()), text
    finally:
        use("en")


def test_an_error_names_the_help_of_its_command(run: Run) -> None:
    outcome = run("search", "--lang", "vi")
    assert outcome.err == "tracuu: Thiếu tham số 'QUERY'. Xem `tracuu search --help`.\n"
    outcome = run("search", "a", "--index", "nowhere", "--lang", "vi")
    assert outcome.err.startswith("tracuu: Chưa có chỉ mục trong nowhere. Hãy chạy")
    assert one_line(outcome.err)
    assert "`tracuu rebuild --help`" in run("rebuild", "--nonsense").err


def test_numbers_are_written_as_the_language_does() -> None:
    for language, written in (("vi", "15.005 tài liệu trong x"), ("en", "15,005 documents in x")):
        use(language)
        try:
            assert say("15,005 documents in x") == written
        finally:
            use("en")


def test_a_wrapped_snippet_keeps_its_indent(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    index = build(
        tmp_path / "i", {"id": "a", "title": "Tin", "text": "Công tác dân vận ở xã. " * 9}
    )
    lines = run("search", "dân vận", "--index", index).out.splitlines()
    snippet = lines[lines.index("1. Tin") + 2 :]
    assert len(snippet) > 2
    assert all(line.startswith("   ") for line in snippet)


# As a process of its own


def test_a_query_that_is_not_utf8_is_answered(index: Path) -> None:
    done = process("search", b"d\xe2n \xff", "--index", str(index))
    assert (done.returncode, done.stderr) == (0, b"")
    done = process("analyze", b"\xff d\xc3\xa2n")
    assert done.returncode == 0
    assert "dân" in done.stdout.decode()


def test_inspect_says_how_much_of_a_web_page_was_kept(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("lxml", reason="the extra html is not installed")
    page = "<html><body><h1>Dân vận khéo ở Tam Nông</h1><p>Xã có hai mô hình mới.</p></body></html>"
    (tmp_path / "a.html").write_text(page)
    (tmp_path / "b.txt").write_text("Dân vận khéo ở Tam Nông\n\nXã có hai mô hình mới.\n")
    web, text = map(json.loads, run("inspect", tmp_path, "--json").out.splitlines())
    assert web["kept_share"] == 1.0
    assert "kept_share" not in text
    assert re.search(r"kept +100%", run("inspect", tmp_path).out)


def test_a_terminal_shows_a_progress_bar_with_speed_and_time_left(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "indexer.cli", "rebuild", SEEDS, "--index", tmp_path]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    shown = b""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        with suppress(OSError):  # the end of a terminal is an error
            while part := os.read(ours, 1 << 12):
                shown += part
        out, _ = process.communicate(timeout=60)
    os.close(ours)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())
    assert re.search(r"Indexing .* 5/5 [0-9]+/s, 0:00:00", plain)
    assert out.decode().startswith("5 documents in ")


def test_a_closed_output_pipe_ends_without_traceback() -> None:
    """`tracuu analyze … | head` ends without a traceback."""
    command = (
        f'"{sys.executable}" -m indexer.cli analyze --json "$(yes dân vận | head -500)" | head -1'
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=False)
    assert done.stdout
    assert done.stderr == b""


def test_the_exit_code_reaches_the_shell(tmp_path: Path) -> None:
    done = process("search", "x", "--index", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1


def test_an_archive_with_fields_and_pins_of_its_own(tmp_path: Path, run: Run) -> None:
    source, index = tmp_path / "kho", tmp_path / "index"
    source.mkdir()
    (source / "archive.toml").write_text(
        '[fields.kho]\nfacet = true\n[[pinned]]\nquery = "dân vận"\ndocuments = ["hai", "không"]\n',
        encoding="utf-8",
    )
    write_jsonl(
        source / "a.jsonl",
        {"id": "một", "text": "dân vận khéo", "kho": "K1", "lạ": 1},
        {"id": "hai", "text": "chuyện khác", "kho": "K2"},
    )
    built = run("rebuild", source, "--index", index)
    assert built.code == 0
    note, warning = built.err.splitlines()[-2:]
    assert "no setting knows them: lạ (1); [columns] or [fields] of archive.toml can." in note
    assert "archive.toml pins 'không', but no document has this id or URL." in warning
    checked = run("check", "--index", index)
    assert checked.code == 0
    assert "pins 'không'" in checked.err
    found = run("search", "dân vận", "--index", index)
    assert "[pinned]" in found.out
    narrowed = run("search", "dân vận", "--filter", "field.kho=K1", "--index", index, "--json")
    assert [hit["id"] for hit in json.loads(narrowed.out)["hits"]] == ["một"]
    (source / "archive.toml").write_text('[fields.kho]\ntype = "hierarchy"', encoding="utf-8")
    assert "archive.toml defines fields anew" in run("update", source, "--index", index).out
    refused = run("search", "dân vận", "--filter", "field.x=K1", "--index", index)
    assert refused.code == 2
    assert one_line(refused.err)
    inspected = run("inspect", source, "--json")
    assert json.loads(inspected.out.splitlines()[0])["own"] == {"kho": ["K1"]}


def test_inspect_shows_beside_each_document_what_was_lost_of_it(tmp_path: Path, run: Run) -> None:
    comment = f"<div class='comments'>{'<p>Bài viết rất hay và bổ ích.</p>' * 9}</div>"
    menu = "".join(f"<li><a href='/{n}'>Chuyên mục thứ {n}</a></li>" for n in range(40))
    page = f"<meta charset=utf-8><h1>Họp dân bàn làm đường</h1><ul>{menu}</ul><p>Họp lúc 7 giờ.</p>"
    notice = "<div class='popup'><p>Buổi họp dời sang thứ bảy vì trời mưa.</p></div>"
    (tmp_path / "a.html").write_text(page + notice * 9, encoding="utf-8")
    (tmp_path / "b.html").write_text(page + comment, encoding="utf-8")
    lines = [json.loads(line) for line in run("inspect", tmp_path, "--json").out.splitlines()]
    assert [len(line.get("warnings", ())) for line in lines] == [10, 0]
    lost = "the page says “Buổi họp dời sang thứ bảy vì trời mưa.” (9 words), and the document"
    assert lines[0]["warnings"][0].startswith(lost)
    assert "of the words of the page" in lines[0]["warnings"][-1]
    assert run("inspect", tmp_path).out.count("of the words of the page") == 1
    assert "trang có đoạn “Buổi họp dời" in run("--lang", "vi", "inspect", tmp_path).out


def test_a_mistake_in_archive_toml_is_one_line(tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.txt").write_text("dân vận", encoding="utf-8")
    (tmp_path / "archive.toml").write_text('[fields.kho]\ntype = "txt"', encoding="utf-8")
    for command in ("rebuild", "update", "inspect"):
        options = () if command == "inspect" else ("--index", tmp_path / "index")
        refused = run(command, tmp_path, *options)
        assert refused.code == 2, command
        assert one_line(refused.err)
        assert "[fields.kho]: there is no type 'txt'. Use text, number" in refused.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--size", "0"), "Hãy dùng một số từ 1 đến 100."),
        (("--pge", "2"), "Không có tùy chọn '--pge'. (Có phải '--copies', '--page'?)"),
        (("--siz", "2"), "Không có tùy chọn '--siz'. Có phải '--size'?"),
        (("--zzz",), "Không có tùy chọn '--zzz'."),
        (("--size", "ba"), "Giá trị của '--size' không hợp lệ: 'ba' không phải số nguyên."),
        (("--sort", "x"), "Giá trị của '--sort' không hợp lệ: 'x' không thuộc 'relevance'"),
    ],
)
def test_a_wrong_option_is_answered_in_vietnamese(
    run: Run, index: Path, arguments: tuple[str, ...], said: str
) -> None:
    outcome = run("search", "a", *arguments, "--index", index, "--lang", "vi")
    assert outcome.code == 2
    assert said in outcome.err
    assert not re.search(r"\b(?:Use|such|Did|to|is|not)\b", outcome.err)


def test_scores_have_the_decimal_sign_of_the_language(run: Run, index: Path) -> None:
    arguments = ("search", "dân vận", "--explain", "--index", index)
    for language, written in (("vi", r"tổng +\d+,\d{3}\b"), ("en", r"sum +\d+\.\d{3}\b")):
        assert re.search(written, run(*arguments, "--lang", language).out)


def test_a_long_title_is_indented_below_its_number(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        json.dumps({"id": "a", "title": "Công tác dân vận khéo " * 12, "text": "Bài."}), "utf-8"
    )
    run("rebuild", tmp_path, "--index", tmp_path / "index")
    lines = run("search", "dân vận", "--index", tmp_path / "index").out.splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith("1. Công tác"))
    assert lines[first + 1].startswith("   ")
    assert "dân vận" in lines[first + 1]
