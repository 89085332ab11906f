"""The guide, rendered in the dashboard's design.

``guide/index.md`` defines the pages: all Markdown files of this package that it links to, in
the order of the links, grouped under the headings above them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from html import escape
from itertools import pairwise
from pathlib import PurePosixPath
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Flask, Response, jsonify, request

from mockserver.errors import NotFound
from mockserver.unpatched import read_text
from mockserver.web.dashboard import page as dashboard
from mockserver.web.pages import create_environment, html_response, serve_asset

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

ROOT = "/guide"
PACKAGE = "mockserver.web.guide"
INDEX = "guide/index.md"
TABLE_OPEN = '<div class="table" role="group" aria-label="Table" tabindex="0"><table>\n'


class Heading(NamedTuple):
    """A heading of a page; ``anchor`` is its id in the HTML."""

    level: int
    text: str
    anchor: str


class GuidePage(NamedTuple):
    """A rendered page; ``source`` is the path of its Markdown file in the package."""

    source: str
    url: str
    group: str
    title: str
    headings: Sequence[Heading]
    html: str


class Guide:
    """All pages of the guide, rendered on first use."""

    def __init__(self) -> None:
        self._templates = create_environment((PACKAGE, "templates"), dashboard.TEMPLATES)

    def install(self, app: Flask) -> None:
        app.add_url_rule(ROOT, "guide.index", self.serve_page)
        app.add_url_rule(f"{ROOT}/<name>", "guide.page", self.serve_page)
        app.add_url_rule(f"{ROOT}/<name>.md", "guide.markdown", self.serve_markdown)
        app.add_url_rule(f"{ROOT}/headings.json", "guide.headings", self.serve_headings)
        app.add_url_rule("/llms.txt", "guide.llms", self.serve_llms)
        assets = partial(serve_asset, PACKAGE, "the guide")
        app.add_url_rule(f"{ROOT}/<folder>/<name>", "guide.asset", assets)

    def serve_page(self, name: str = "") -> Response:
        urls = [page.url for page in self.pages]
        url = f"{ROOT}/{name}" if name else ROOT
        if url not in urls:
            raise NotFound(f"the guide has no page '{name}'")
        position = urls.index(url)
        neighbors = [None, *self.pages, None]
        text = self._templates.get_template("guide.html").render(
            page={"name": "guide", "title": self.pages[position].title},
            pages=dashboard.PAGES,
            sandbox="",
            default="",
            current=self.pages[position],
            guide_pages=self.pages,
            previous=neighbors[position],
            next=neighbors[position + 2],
        )
        return html_response(text, dashboard.POLICY)

    def serve_markdown(self, name: str) -> Response:
        """Serve the source of a page."""
        sources = {PurePosixPath(page.source).stem: page.source for page in self.pages}
        if name not in sources:
            raise NotFound(f"the guide has no page '{name}.md'")
        text = _read(sources[name]).replace("(../contract/", "(")  # all pages are in one folder
        return Response(text, mimetype="text/markdown")

    def serve_llms(self) -> Response:
        """Serve the index for language models, as https://llmstxt.org describes it."""
        root = request.host_url.rstrip("/") + ROOT
        index = _read(INDEX).splitlines()
        lines = ["# mockserver", "", f"> {index[2]}"]
        for line in index:
            if line.startswith("## "):
                lines += ["", line, ""]
            elif row := re.fullmatch(r"\| \[(.+)\]\((.+\.md)\) \| (.+) \|", line):
                title, source, task = row.groups()
                lines.append(f"- [{title}]({root}/{PurePosixPath(source).name}): {task}")
        return Response("\n".join([*lines, ""]), mimetype="text/plain")

    def serve_headings(self) -> Response:
        """Serve all headings, for the search."""
        return jsonify(
            [
                {"text": heading.text, "page": page.title, "url": f"{page.url}#{heading.anchor}"}
                for page in self.pages
                for heading in page.headings
            ]
        )

    @cached_property
    def pages(self) -> list[GuidePage]:
        """The pages, in the order of the index."""
        from markdown_it import MarkdownIt

        markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
        # The keyboard must be able to scroll wide code and tables: make them focusable.
        markdown.add_render_rule("fence", _render_fence)
        markdown.add_render_rule("table_open", lambda *_: TABLE_OPEN)
        markdown.add_render_rule("table_close", lambda *_: "</table></div>\n")
        sources = {INDEX: ""} | dict(_linked_sources(markdown.parse(_read(INDEX))))
        urls = {source: f"{ROOT}/{PurePosixPath(source).stem}" for source in sources} | {
            INDEX: ROOT
        }
        return [_render(markdown, source, group, urls) for source, group in sources.items()]


def _read(source: str) -> str:
    return read_text("mockserver", source)


def _linked_sources(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Yield the Markdown files that the index links to, with the heading above the link."""
    group = ""
    for position, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            group = tokens[position + 1].content
        for child in token.children or ():
            source, _ = _resolve(INDEX, str(child.attrGet("href") or ""))
            if child.type == "link_open" and source.endswith(".md"):
                yield source, group


def _resolve(source: str, href: str) -> tuple[str, str]:
    """Return the package path and the fragment of a relative link; ``""`` for other links."""
    path, _, fragment = href.partition("#")
    is_relative = path and not re.match(r"[a-z]+:|/", path)
    return normpath(join(dirname(source), path)) if is_relative else "", fragment


def _render(markdown: MarkdownIt, source: str, group: str, urls: dict[str, str]) -> GuidePage:
    tokens = markdown.parse(_read(source))
    _demote_empty_headers(tokens)
    headings = list(_add_anchors(tokens))
    for link in (child for token in tokens for child in token.children or ()):
        target, fragment = _resolve(source, str(link.attrGet("href") or ""))
        if target in urls:
            link.attrSet("href", urls[target] + (f"#{fragment}" if fragment else ""))
    html = markdown.renderer.render(tokens, markdown.options, {})
    return GuidePage(source, urls[source], group, headings[0].text, headings, html)


def _add_anchors(tokens: Sequence[Token]) -> Iterator[Heading]:
    """Set the id of each heading as a code host does, and yield the heading."""
    used: dict[str, int] = {}
    for token, content in pairwise(tokens):
        if token.type == "heading_open":
            text = "".join(child.content for child in content.children or ())
            slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            used[slug] = used.get(slug, -1) + 1
            anchor = f"{slug}-{used[slug]}" if used[slug] else slug
            token.attrSet("id", anchor)
            yield Heading(int(token.tag[1:]), text, anchor)


def _demote_empty_headers(tokens: Sequence[Token]) -> None:
    """Turn header cells without text into data cells, as screen readers need."""
    for cell in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if cell[0].type == "th_open" and not cell[1].content:
            cell[0].tag = cell[2].tag = "td"


def _render_fence(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return f'<pre tabindex="0"><code>{escape(tokens[index].content)}</code></pre>\n'
