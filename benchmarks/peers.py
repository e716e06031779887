"""The engines that Tra Cứu is compared with, each doing the same job.

All get the same syllables and words as tokens (separated by spaces) and the title at double weight.
All answer with the total, ten titles and snippets with the matched words marked in both, and the
counts of four facets; a query without hits is repeated for any of the words. Queries without
accents go to a second pair of fields with folded syllables, because none of the peers knows which
accents a syllable can take.
"""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from query_specs import QuerySpec, Word

from indexer import Document
from indexer.analysis import fold
from indexer.analysis.batch import analyze_many

LUCENE = "9.12.3"
"""Version of Lucene in lucene/pom.xml."""
FACETS = ("section", "source", "year", "month")
SIZE = 10


@dataclass(frozen=True)
class Row:
    """A document as the peers get it.

    Attributes
    ----------
    title, body : syllables, separated by spaces.
    words : words of title and body, separated by spaces, their syllables joined by "_".
    section, source : facet values; "" for none.
    date : yyyymmdd as a number; 0 without a date.
    """

    id: str
    title: str
    body: str
    words: str
    section: str
    source: str
    date: int

    @property
    def facets(self) -> dict[str, str]:
        """Name of a facet → its value, in the order of FACETS."""
        year, month = str(self.date)[:4], str(self.date)[:6]
        return {"section": self.section, "source": self.source, "year": year, "month": month}


def rows(documents: Sequence[Document]) -> Iterable[Row]:
    """Yield documents as rows, analysed by Tra Cứu in batches of 500."""
    for at in range(0, len(documents), 500):
        part = documents[at : at + 500]
        columns = analyze_many([text for d in part for text in (d.title, d.body)])
        texts: list[list[str]] = [[] for _ in range(2 * len(part))]
        for owner, term in zip(columns.texts.tolist(), columns.terms.tolist(), strict=True):
            texts[owner].append(columns.vocabulary[term])
        words: list[list[str]] = [[] for _ in part]
        terms = columns.terms.tolist()
        owners = columns.texts[columns.firsts].tolist()
        spans = zip(owners, columns.firsts.tolist(), columns.lasts.tolist(), strict=True)
        for owner, first, last in spans:
            words[owner // 2].append("_".join(columns.vocabulary[n] for n in terms[first:last]))
        for number, document in enumerate(part):
            title, body = (" ".join(text) for text in texts[2 * number : 2 * number + 2])
            yield row(document, title, body, " ".join(words[number]))


def row(document: Document, title: str, body: str, words: str) -> Row:
    """Return a document as a row with these tokens (see Row)."""
    day = int(f"{document.date:%Y%m%d}") if document.date else 0
    return Row(document.id, title, body, words, document.section or "", document.source or "", day)


class Peer(Protocol):
    """An engine with a built index."""

    def ask(self, spec: QuerySpec) -> int | None:
        """Answer a query with all that a page shows; return the number of hits, or None if the
        engine cannot answer it."""
        ...


class Fts5:
    """SQLite's FTS5."""

    def __init__(self, folder: Path) -> None:
        self._file = sqlite3.connect(folder / "fts5")

    @staticmethod
    def build(folder: Path, documents: Iterable[Row]) -> None:
        file = sqlite3.connect(folder / "fts5")
        file.execute(
            "CREATE VIRTUAL TABLE t USING fts5(title, body, title_f, body_f,"
            " tokenize = \"unicode61 remove_diacritics 0 tokenchars '_'\")"
        )
        file.execute("CREATE TABLE m (rowid INTEGER PRIMARY KEY, id, date, section, source,"
                     " year, month)")  # fmt: skip
        for number, one in enumerate(documents):
            folded = fold(one.title), fold(one.body)
            file.execute("INSERT INTO t(rowid, title, body, title_f, body_f) VALUES (?,?,?,?,?)",
                         (number, one.title, one.body, *folded))  # fmt: skip
            file.execute("INSERT INTO m VALUES (?,?,?,?,?,?,?)",
                         (number, one.id, one.date, *one.facets.values()))  # fmt: skip
        file.execute("CREATE INDEX m_date ON m(date)")
        file.commit()
        file.close()

    def ask(self, spec: QuerySpec) -> int:
        total = self._ask(spec, " AND ")
        return total or self._ask(spec, " OR ")

    def _ask(self, spec: QuerySpec, joining: str) -> int:
        match = joining.join(map(self._quoted, spec.words))
        if spec.phrase:
            match = self._quoted(tuple(s for word in spec.words for s in word))
        if spec.prefix:
            match += "*"
        match = f"({match})" + "".join(f" NOT {self._quoted(word)}" for word in spec.without)
        if spec.folded:
            match = fold(match.replace("AND", "\0").replace("OR", "\1"))
            match = match.replace("\0", "AND").replace("\1", "OR")
        fields = "{title_f body_f}" if spec.folded else "{title body}"
        match = f"{fields} : ({match})"
        title, body, weights = (2, 3, "0, 0, 2, 1") if spec.folded else (0, 1, "2, 1, 0, 0")
        having = " AND section = ?" if spec.section else ""
        chosen = [spec.section] if spec.section else []
        order = "date DESC" if spec.newest else f"bm25(t, {weights})"
        self._file.execute(
            f"SELECT highlight(t, {title}, '[', ']'), snippet(t, {body}, '[', ']', '…', 40)"
            f" FROM t JOIN m ON m.rowid = t.rowid WHERE t MATCH ?{having}"
            f" ORDER BY {order} LIMIT {SIZE} OFFSET ?",
            (match, *chosen, (spec.page - 1) * SIZE),
        ).fetchall()
        for facet in FACETS:
            also, values = ("", []) if facet == "section" else (having, chosen)
            self._file.execute(
                f"SELECT {facet}, count(*) FROM t JOIN m ON m.rowid = t.rowid"
                f" WHERE t MATCH ?{also} GROUP BY 1",
                (match, *values),
            ).fetchall()
        sql = f"SELECT count(*) FROM t JOIN m ON m.rowid = t.rowid WHERE t MATCH ?{having}"
        (total,) = self._file.execute(sql, (match, *chosen)).fetchone()
        return int(total)

    @staticmethod
    def _quoted(word: Word) -> str:
        return f'"{" ".join(word)}"'


class Tantivy:
    """tantivy through its Python binding."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._api: Any = tantivy
        self._index = tantivy.Index.open(str(folder / "tantivy"))
        self._searcher = self._index.searcher()
        self._schema = self._index.schema

    @staticmethod
    def build(folder: Path, documents: Iterable[Row]) -> None:
        import tantivy

        builder = tantivy.SchemaBuilder()
        for name in ("title", "body", "words", "title_f", "body_f"):
            builder.add_text_field(name, stored=name in ("title", "body"),
                                   tokenizer_name="whitespace")  # fmt: skip
        for name in ("id", *FACETS):
            builder.add_text_field(name, stored=True, fast=True, tokenizer_name="raw")
        builder.add_integer_field("date", stored=True, fast=True)
        (folder / "tantivy").mkdir()
        index = tantivy.Index(builder.build(), str(folder / "tantivy"))
        writer = index.writer(512 << 20)
        for one in documents:
            fields = {"id": one.id, "title": one.title, "body": one.body, "words": one.words}
            folded = {"title_f": fold(one.title), "body_f": fold(one.body)}
            writer.add_document(tantivy.Document(**fields, **folded, **one.facets, date=one.date))
        writer.commit()
        writer.wait_merging_threads()

    def ask(self, spec: QuerySpec) -> int:
        return self._ask(spec, self._api.Occur.Must) or self._ask(spec, self._api.Occur.Should)

    def _ask(self, spec: QuerySpec, occur: Any) -> int:
        api, searcher = self._api, self._searcher
        made = [(occur, self._either(word, spec)) for word in spec.words]
        if spec.phrase:
            made = [(occur, self._either(tuple(s for w in spec.words for s in w), spec))]
        parts = [(api.Occur.Must, api.Query.boolean_query(made))]
        parts += [(api.Occur.MustNot, self._either(word, spec)) for word in spec.without]
        if not (spec.folded or spec.prefix):
            for word in spec.words:
                term = api.Query.term_query(self._schema, "words", "_".join(word))
                parts.append((api.Occur.Should, api.Query.boost_query(term, 0.3)))
        every = api.Query.boolean_query(parts)
        query = every
        if spec.section:
            term = api.Query.term_query(self._schema, "section", spec.section)
            term = api.Query.const_score_query(term, 0)
            query = api.Query.boolean_query([(api.Occur.Must, every), (api.Occur.Must, term)])
        offset = (spec.page - 1) * SIZE
        if spec.newest:
            found = searcher.search(query, SIZE, order_by_field="date", offset=offset)
        else:
            found = searcher.search(query, SIZE, offset=offset)
        marking = [
            api.SnippetGenerator.create(searcher, every, self._schema, name)
            for name in ("title", "body")
        ]
        for _, address in found.hits:
            document = searcher.doc(address)
            for field in marking:
                field.snippet_from_doc(document).highlighted()
        wanted = {name: {"terms": {"field": name, "size": 500}} for name in FACETS}
        if spec.section:
            searcher.aggregate(every, {"section": wanted.pop("section")})
        searcher.aggregate(query, wanted)
        return int(found.count)

    def rank(self, syllables: Sequence[str], folded: bool) -> list[str]:
        """Return the ids of the best ten documents with any of these syllables in the body."""
        api = self._api
        field = "body_f" if folded else "body"
        terms = [fold(syllable) if folded else syllable for syllable in syllables]
        parts = [
            (api.Occur.Should, api.Query.term_query(self._schema, field, term)) for term in terms
        ]
        hits = self._searcher.search(api.Query.boolean_query(parts), 10).hits
        return [self._searcher.doc(address)["id"][0] for _, address in hits]

    def _either(self, word: Word, spec: QuerySpec) -> Any:
        """Return a query for the word in the title or in the body."""
        api = self._api
        parts = []
        for name, boost in (("title", 2.0), ("body", 1.0)):
            field = f"{name}_f" if spec.folded else name
            syllables: list[Any] = [fold(s) if spec.folded else s for s in word]
            if spec.prefix:
                query = api.Query.phrase_prefix_query(self._schema, field, syllables)
            elif len(syllables) == 1:
                query = api.Query.term_query(self._schema, field, syllables[0])
            else:
                query = api.Query.phrase_query(self._schema, field, syllables)
            parts.append((api.Occur.Should, api.Query.boost_query(query, boost)))
        return api.Query.boolean_query(parts)


class Lucene:
    """Lucene, in a Java process that gets a query as a line and answers with the number of hits.

    Java compiles what runs often, so put some other queries before those that are measured.
    """

    def __init__(self, folder: Path) -> None:
        command = ["java", "-Xmx1g", "-cp", _lucene_classes(), "Peer", "ask", folder / "lucene"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    @staticmethod
    def build(folder: Path, documents: Iterable[Row]) -> None:
        command = ["java", "-Xmx2g", "-cp", _lucene_classes(), "Peer", "build", folder / "lucene"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, text=True, encoding="utf-8"
        ) as process:
            assert process.stdin is not None
            for one in documents:
                texts = one.id, one.title, one.body, one.words, fold(one.title), fold(one.body)
                row = (*texts, *one.facets.values(), str(one.date))
                process.stdin.write("\t".join(value.replace("\t", " ") for value in row) + "\n")
            process.stdin.close()
        if process.returncode:
            raise RuntimeError("Lucene could not build its index")

    def ask(self, spec: QuerySpec) -> int:
        def written(words: Sequence[Word]) -> str:
            text = "\x1e".join("\x1f".join(word) for word in words)
            return fold(text) if spec.folded else text

        flags = (spec.phrase, "p"), (spec.prefix, "*"), (spec.folded, "f"), (spec.newest, "n")
        fields = [
            written(spec.words), written(spec.without),
            "".join(flag for is_set, flag in flags if is_set), spec.section or "", str(spec.page),
        ]  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\t".join(fields) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@cache
def _lucene_classes() -> str:
    """Return the class path of the Lucene peer, downloaded by Maven and compiled below `build/`.

    Raises CalledProcessError without Java, Maven or network.
    """
    source = Path(__file__).parent / "lucene"
    made = source.parents[1] / "build" / "lucene"
    if not (made / "classes" / "Peer.class").exists():
        subprocess.run(
            ["mvn", "-q", "-B", "-f", source / "pom.xml", "dependency:copy-dependencies",
             f"-DoutputDirectory={made / 'lib'}", "-DincludeScope=runtime"],
            check=True,
        )  # fmt: skip
        subprocess.run(
            ["javac", "-nowarn", "-cp", f"{made / 'lib'}/*", "-d", made / "classes",
             source / "Peer.java"],
            check=True,
        )  # fmt: skip
    return f"{made / 'classes'}:{made / 'lib'}/*"


class Stock:
    """Whoosh with its own codec, writer and collector.

    It has no folded fields, which would nearly double the hour that it takes to build. It does not
    answer prefixes: Whoosh fails if one must stand beside a syllable, and takes half a minute for
    one alone.
    """

    def __init__(self, folder: Path) -> None:
        from whoosh import index

        self._searcher = index.open_dir(folder / "stock").searcher()

    @staticmethod
    def build(folder: Path, documents: Iterable[Row]) -> None:
        from whoosh import analysis, fields, index

        words = analysis.SpaceSeparatedTokenizer()
        texts = {
            "title": fields.TEXT(analyzer=words, stored=True, field_boost=2.0),
            "body": fields.TEXT(analyzer=words, stored=True),
            "words": fields.TEXT(analyzer=words, phrase=False),
        }
        values = {name: fields.ID(stored=True, sortable=True) for name in FACETS}
        schema = fields.Schema(
            id=fields.ID(stored=True), date=fields.NUMERIC(sortable=True), **texts, **values
        )
        (folder / "stock").mkdir()
        writer = index.create_in(folder / "stock", schema).writer(limitmb=512)
        for one in documents:
            writer.add_document(
                id=one.id, title=one.title, body=one.body, words=one.words, date=one.date,
                **one.facets,
            )  # fmt: skip
        writer.commit()

    def ask(self, spec: QuerySpec) -> int | None:
        from whoosh import query

        if spec.folded or spec.prefix:
            return None
        return self._ask(spec, query.And) or self._ask(spec, query.Or)

    def _ask(self, spec: QuerySpec, joining: Any) -> int:
        from whoosh import query

        words: Sequence[Word] = spec.words
        if spec.phrase:
            words = [tuple(s for word in spec.words for s in word)]
        every = joining([self._either(word, spec) for word in words])
        for word in spec.without:
            every = query.AndNot(every, self._either(word, spec))
        terms = [query.Term("words", "_".join(word), boost=0.3) for word in spec.words]
        every = query.AndMaybe(every, query.Or(terms))
        options: dict[str, Any] = {"groupedby": list(FACETS)}
        if spec.newest:
            options |= {"sortedby": "date", "reverse": True}
        if spec.section:
            self._searcher.search(every, limit=1, groupedby=["section"]).groups("section")
            options["filter"] = query.Term("section", spec.section)
        found = self._searcher.search(every, limit=spec.page * SIZE, **options)
        total = len(found)
        for facet in FACETS:
            {value: len(ids) for value, ids in found.groups(facet).items()}
        for hit in found[(spec.page - 1) * SIZE : spec.page * SIZE]:
            hit.highlights("title"), hit.highlights("body")
        return total

    def rank(self, syllables: Sequence[str], folded: bool) -> list[str]:
        """Return the ids of the best ten documents with any of these syllables in the body."""
        from whoosh import query

        terms = [fold(syllable) if folded else syllable for syllable in syllables]
        every = query.Or([query.Term("body", term) for term in terms])
        return [hit["id"] for hit in self._searcher.search(every, limit=10)]

    def _either(self, word: Word, spec: QuerySpec) -> Any:
        from whoosh import query

        parts = []
        for field in ("title", "body"):
            if len(word) == 1:
                parts.append(query.Term(field, word[0]))
            else:
                parts.append(query.Phrase(field, list(word)))
        return query.Or(parts)


PEERS: dict[str, Any] = {
    "sqlite_fts5": Fts5,
    "tantivy": Tantivy,
    "lucene": Lucene,
    "stock_whoosh": Stock,
}
