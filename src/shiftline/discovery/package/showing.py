"""The certificate as HTML and as PDF; the same sections give the same bytes."""

import html
import io
from collections.abc import Iterable, Sequence
from typing import cast

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from shiftline.discovery.package.certifying import Section

_FONT, _BOLD = "Vera", "VeraBd"
_MARGIN = 18 * mm
_WIDTH = A4[0] - 2 * _MARGIN

_STYLE = """body{font:15px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3rem .5rem;text-align:left;
vertical-align:top;overflow-wrap:anywhere}th{background:#eee}pre{background:#f4f4f4;padding:.5rem;white-space:pre-wrap}"""


def as_html(title: str, sections: Iterable[Section]) -> bytes:
    """One file without anything from elsewhere."""
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{_STYLE}</style>'
    body = "".join(_html_section(each) for each in sections)
    page = f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body><h1>{html.escape(title)}</h1>\n{body}</body></html>\n'
    return page.encode()


def as_pdf(title: str, sections: Iterable[Section]) -> bytes:
    """A PDF. Letters that its font lacks are shown by their number, such as [U+4E2D]; the HTML has them."""
    _register()
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        title=_shown(title),
        author="Shiftline",
        invariant=1,  # no time of making and no random id
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
    )
    story: list[Flowable] = [Paragraph(_text(title), _style(16, bold=True)), Spacer(1, 4 * mm)]
    for section in sections:
        story += _pdf_section(section)
    document.build(story)
    return file.getvalue()


def _html_section(section: Section) -> str:
    parts = [f"<h2>{html.escape(section.title)}</h2>\n"]
    parts += [f"<p>{html.escape(each)}</p>\n" for each in section.paragraphs]
    if section.table:
        head, *rows = section.table
        parts.append(f"<table><tr>{_html_cells('th', head)}</tr>\n")
        parts += [f"<tr>{_html_cells('td', row)}</tr>\n" for row in rows]
        parts.append("</table>\n")
    if section.commands:
        parts.append(f"<pre>{html.escape(chr(10).join(section.commands))}</pre>\n")
    return "".join(parts)


def _html_cells(name: str, cells: Sequence[str]) -> str:
    return "".join(f"<{name}>{html.escape(cell)}</{name}>" for cell in cells)


def _pdf_section(section: Section) -> list[Flowable]:
    parts: list[Flowable] = [Paragraph(_text(section.title), _style(11, bold=True)), Spacer(1, 1.5 * mm)]
    for each in section.paragraphs:
        parts += [Paragraph(_text(each), _style(8.5)), Spacer(1, 1.5 * mm)]
    if section.table:
        parts.append(_pdf_table(section.table))
    parts += [Paragraph(_text(each), _style(7)) for each in section.commands]
    return [*parts, Spacer(1, 4 * mm)]


def _pdf_table(rows: Sequence[Sequence[str]]) -> Table:
    cells = [[Paragraph(_text(cell), _style(7.5, bold=index == 0)) for cell in row] for index, row in enumerate(rows)]
    columns = len(rows[0])
    first = 0.4 if columns == 2 else 1 / columns  # noqa: PLR2004 - a name and its value
    widths = [_WIDTH * first, *[_WIDTH * (1 - first) / (columns - 1)] * (columns - 1)]
    table = Table(cells, colWidths=widths, repeatRows=1)
    ruled = [("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke)]
    table.setStyle(TableStyle([*ruled, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _style(size: float, *, bold: bool = False) -> ParagraphStyle:
    font = _BOLD if bold else _FONT
    return ParagraphStyle(f"{font}{size}", fontName=font, fontSize=size, leading=size * 1.35, splitLongWords=1)


def _text(text: str) -> str:
    return html.escape(_shown(text), quote=False)


def _shown(text: str) -> str:
    _register()
    font = cast("TTFont", pdfmetrics.getFont(_FONT))
    known = font.face.charToGlyph
    return "".join(each if ord(each) in known or each.isspace() else f"[U+{ord(each):04X}]" for each in text)


def _register() -> None:
    for name in (_FONT, _BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
