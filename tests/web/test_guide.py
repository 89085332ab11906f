"""The guide as it is served: every page renders, and every link leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import pytest

from mockserver.web.guide.page import ROOT, Guide, GuidePage

if TYPE_CHECKING:
    from tests.conftest import Client

PAGES = Guide().pages
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.source)


class Document(HTMLParser):
    """The links, ids and loaded files of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.loaded: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if "src" in attributes or tag == "link":
            self.loaded.append(attributes.get("src") or attributes["href"])


class Served(NamedTuple):
    headers: dict[str, str]
    html: str
    document: Document


def get(client: Client, path: str) -> Served:
    response = client.pool.request("GET", client.url + path)
    assert response.status == 200, (path, response.data)
    html = response.data.decode()
    return Served(dict(response.headers), html, Document(html))


@each_page
def test_a_page_renders_with_its_title(client: Client, page: GuidePage) -> None:
    headers, html, _ = get(client, page.url)
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert f"<title>{page.title} · mockserver</title>" in html
    assert f'<a href="{page.url}" aria-current="page">{page.title}</a>' in html


@each_page
def test_a_page_has_one_title_and_unique_anchors(client: Client, page: GuidePage) -> None:
    assert [heading.level for heading in page.headings].count(1) == 1
    ids = get(client, page.url).document.ids
    assert len(ids) == len(set(ids))
    assert {heading.anchor for heading in page.headings} <= set(ids)


@each_page
def test_links_of_a_page_lead_to_pages_and_anchors(client: Client, page: GuidePage) -> None:
    for link in internal_links(client, page.url):
        path, _, fragment = link.partition("#")
        target = get(client, path or page.url)
        assert not fragment or fragment in target.document.ids, link


def internal_links(client: Client, url: str) -> Iterator[str]:
    for link in get(client, url).document.links:
        if not re.match(r"https?://", link):
            assert link.startswith(("/", "#")), f"{link} leads nowhere when served"
            yield link


@each_page
def test_a_page_loads_only_files_of_this_server(client: Client, page: GuidePage) -> None:
    headers, html, document = get(client, page.url)
    assert "default-src 'none'; script-src 'self'" in headers["Content-Security-Policy"]
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", html)
    assert all(re.match(r"/(dashboard|guide)/", path) for path in document.loaded)
    for path in document.loaded:
        get(client, path)


def test_every_file_of_the_guide_is_a_page() -> None:
    names = {path.name for path in files("mockserver").joinpath("guide").iterdir()}
    sources = {page.source for page in PAGES}
    assert {f"guide/{name}" for name in names if name.endswith(".md")} <= sources


def test_pages_are_in_the_order_of_the_index(client: Client) -> None:
    index = files("mockserver").joinpath("guide/index.md").read_text("utf-8")
    linked = re.findall(r"\]\(([\w./-]+\.md)", index)
    assert [page.source.rpartition("/")[2] for page in PAGES] == [
        "index.md",
        *dict.fromkeys(link.rpartition("/")[2] for link in linked),
    ]


def test_the_search_knows_every_heading(client: Client) -> None:
    headings = client.pool.request("GET", f"{client.url}{ROOT}/headings.json").json()
    assert headings == [
        {"text": heading.text, "page": page.title, "url": f"{page.url}#{heading.anchor}"}
        for page in PAGES
        for heading in page.headings
    ]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("nothing", "the guide has no page 'nothing'"),
        ("nothing.md", "the guide has no page 'nothing.md'"),
        ("scripts/page.py", "the guide has no file 'scripts/page.py'"),
        ("templates/guide.html", "the guide has no file 'templates/guide.html'"),
    ],
)
def test_an_unknown_page_is_a_404(client: Client, path: str, problem: str) -> None:
    client.get(f"{ROOT}/{path}").refused(404, problem)


def test_the_dashboard_links_to_the_guide(client: Client) -> None:
    assert ROOT in get(client, "/").document.links


def test_markdown_is_imported_only_for_the_guide() -> None:
    code = (
        "import sys; from mockserver import create_app; client = create_app().test_client();"
        "client.get('/'); assert 'markdown_it' not in sys.modules;"
        "assert client.get('/guide').status_code == 200; assert 'markdown_it' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@each_page
def test_a_page_is_served_as_markdown(client: Client, page: GuidePage) -> None:
    name = page.url.removeprefix(ROOT).strip("/") or "index"
    response = client.pool.request("GET", f"{client.url}{ROOT}/{name}.md")
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    text = response.data.decode()
    assert text.startswith(f"# {page.title}\n")
    for target in re.findall(r"\]\(([\w./-]+\.md)\b", text):
        assert client.pool.request("GET", f"{client.url}{ROOT}/{target}").status == 200, target


def test_llms_txt_lists_all_pages(client: Client) -> None:
    text = client.pool.request("GET", f"{client.url}/llms.txt").data.decode()
    title, summary, groups = text.split("\n\n", 2)
    assert (title, summary[:2]) == ("# mockserver", "> ")
    links = re.findall(r"^- \[(.+)\]\((.+)\): .+$", groups, re.M)
    assert len(links) == len(PAGES) - 1
    assert {client.pool.request("GET", url).status for _, url in links} == {200}
