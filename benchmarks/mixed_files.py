"""Write files of every common format from articles: the same bytes for the same articles.

Word, OpenDocument, RTF and PDF files are written by hand, as small as their formats allow, because
programs that write them put times and random numbers into them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path

from indexer import Document

FOLDER = 500
"""Greatest number of files in one folder."""

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_MENU = ("Trang chủ", "Giới thiệu", "Tin tức", "Văn bản", "Thủ tục hành chính", "Liên hệ")


def write_files(articles: Iterable[Document], folder: Path) -> dict[str, int]:
    """Write each article as a file below `folder`; return the number of files of each ending.

    Of twenty articles, twelve become HTML, four text, and one each DOCX, ODT, PDF and RTF.
    """
    counts: dict[str, int] = {}
    for number, article in enumerate(articles):
        ending, make = _KINDS[number % len(_KINDS)]
        path = folder / f"{number // FOLDER:03}" / f"{number:05}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make(article))
        counts[ending] = counts.get(ending, 0) + 1
    return counts


def paragraphs(article: Document) -> list[str]:
    """Return the paragraphs of the body, each on one line."""
    found = (" ".join(part.split()) for part in article.body.split("\n"))
    return [part for part in found if part]


def html(article: Document) -> bytes:
    """Return an article as a page of a portal: masthead, menu, article, related news, imprint."""
    menu = "".join(f'<li><a href="/m{n}">{name}</a></li>' for n, name in enumerate(_MENU))
    body = "".join(f"<p>{escape(part)}</p>\n" for part in paragraphs(article))
    title = escape(article.title)
    return (
        f'<!doctype html>\n<html lang="vi"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta property="og:title" content="{title}"><style>p {{ margin: 0 }}</style></head>\n'
        f'<body><div id="header"><h2>CỔNG THÔNG TIN ĐIỆN TỬ HUYỆN</h2><ul class="menu">{menu}</ul>'
        f'</div>\n<div class="content"><article><h1>{title}</h1>\n'
        f'<p class="date">Thứ năm, 12/03/2020</p>\n{body}</article>\n'
        f'<div class="related"><h3>Tin liên quan</h3><ul>{menu}</ul></div></div>\n'
        '<div id="footer">Bản quyền thuộc Ủy ban nhân dân huyện</div></body></html>\n'
    ).encode()


def text(article: Document) -> bytes:
    """Return an article as the text dump of a page: menu, title and paragraphs, with empty lines
    between them."""
    return "\n\n".join(["\n".join(_MENU), article.title, *paragraphs(article)]).encode()


def docx(article: Document) -> bytes:
    """Return an article as a Word file with a heading and paragraphs."""
    heading = '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>{}</w:p>'
    runs = [
        f"<w:r><w:t>{escape(part)}</w:t></w:r>" for part in (article.title, *paragraphs(article))
    ]
    body = heading.format(runs[0]) + "".join(f"<w:p>{run}</w:p>" for run in runs[1:])
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return _zip({
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/'
        'package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{kind}"/></Types>',
        "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/'
        f'package/2006/relationships"><Relationship Id="r1" Type="{relation}" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{_W}">'
        f"<w:body>{body}</w:body></w:document>",
    })  # fmt: skip


def odt(article: Document) -> bytes:
    """Return an article as an OpenDocument text with a heading and paragraphs."""
    body = f'<text:h text:outline-level="1">{escape(article.title)}</text:h>'
    body += "".join(f"<text:p>{escape(part)}</text:p>" for part in paragraphs(article))
    return _zip({
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        f'xmlns:office="{_OFFICE}:office:1.0" xmlns:text="{_OFFICE}:text:1.0" '
        f'office:version="1.2"><office:body><office:text>{body}</office:text></office:body>'
        "</office:document-content>",
        "META-INF/manifest.xml": '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        f'xmlns:manifest="{_OFFICE}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.text"/></manifest:manifest>',
    })  # fmt: skip


def rtf(article: Document) -> bytes:
    """Return an article as an RTF file, with letters outside ASCII as Unicode escapes (`\\u`)."""

    def escaped(part: str) -> str:
        plain = part.replace("\\", r"\\").replace("{", r"\{").replace("}", r"\}")
        units = plain.encode("utf-16-le")
        codes = (int.from_bytes(units[at : at + 2], "little") for at in range(0, len(units), 2))
        return "".join(
            chr(code) if code < 128 else f"\\u{code - 65536 if code > 32767 else code}?"
            for code in codes
        )

    lines = "".join(f"{escaped(part)}\\par\n" for part in (article.title, *paragraphs(article)))
    return f"{{\\rtf1\\ansi\\deff0{{\\fonttbl{{\\f0 Times New Roman;}}}}\n{lines}}}".encode("ascii")


_WIDTH, _LINES = 80, 45
"""Number of characters in a line, and of lines on a page, of a PDF."""


def pdf(article: Document) -> bytes:
    """Return an article as a PDF whose font is not embedded, but has a map from glyphs to Unicode.

    Letters beyond U+FFFF are left out.
    """
    lines = [line for part in (article.title, *paragraphs(article)) for line in _wrapped(part)]
    pages = [lines[at : at + _LINES] for at in range(0, len(lines), _LINES)] or [[]]
    letters = sorted({letter for line in lines for letter in line if ord(letter) < 0x10000})
    glyphs = {letter: number for number, letter in enumerate(letters, 1)}
    mapping = "".join(f"<{glyphs[one]:04x}> <{ord(one):04x}>\n" for one in letters)
    cmap = (
        "/CIDInit /ProcSet findresource begin begincmap /CMapName /U def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        + "".join(
            f"{min(100, len(letters) - at)} beginbfchar\n"
            + "\n".join(mapping.splitlines()[at : at + 100])
            + "\nendbfchar\n"
            for at in range(0, len(letters), 100)
        )
        + "endcmap end"
    )
    kids = " ".join(f"{6 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type0/BaseFont/Times/Encoding/Identity-H/DescendantFonts[5 0 R]"
        "/ToUnicode 4 0 R>>",
        _stream(cmap),
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/Times/DW 500"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        "/FontDescriptor<</Type/FontDescriptor/FontName/Times/Flags 4/Ascent 800/Descent -200"
        "/CapHeight 700/ItalicAngle 0/StemV 80/FontBBox[0 -200 1000 800]>>>>",
    ]
    for number, page in enumerate(pages):
        shown = "".join(
            f"<{''.join(f'{glyphs.get(letter, 0):04x}' for letter in line)}> Tj T*\n"
            for line in page
        )
        objects.append(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]"
            f"/Resources<</Font<</F1 3 0 R>>>>/Contents {7 + 2 * number} 0 R>>"
        )
        objects.append(_stream(f"BT /F1 11 Tf 16 TL 50 780 Td\n{shown}ET"))
    out, starts = bytearray(b"%PDF-1.5\n"), []
    for number, content in enumerate(objects, 1):
        starts.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("ascii")
    at = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode("ascii")
    out += b"".join(b"%010d 00000 n \n" % start for start in starts)
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF".encode("ascii")
    return bytes(out)


def _stream(content: str) -> str:
    return f"<</Length {len(content)}>>\nstream\n{content}\nendstream"


def _wrapped(part: str) -> Iterable[str]:
    line = ""
    for word in part.split():
        if line and len(line) + 1 + len(word) > _WIDTH:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _zip(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


_KINDS: tuple[tuple[str, Callable[[Document], bytes]], ...] = (
    *(("html", html),) * 12,
    *(("txt", text),) * 4,
    ("docx", docx),
    ("odt", odt),
    ("pdf", pdf),
    ("rtf", rtf),
)
