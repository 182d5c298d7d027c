"""Text that is not ours and would act if it were drawn as it is: in a terminal, a log, a page or a file."""

import re

HOSTILE = {
    "ANSI escapes": "\x1b[31m\x1b[2J\x1b]0;title\x07\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\",
    "control characters": "a\x00\x01\b\x0b\x0c\rb\tc\x1f\x7fd",
    "C1 control characters": "\x80\x84\x8d\x90q\x9b31m\x9d0;title\x9c",
    "ends of lines": "a\nb\rc\r\nd\x0be\x0cf\x1cg\x85h\u2028i\u2029j",
    "bidirectional marks": "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    "what has no width": "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg",
    "lone surrogates": "\ud800a\udfffb\udcff",
    "no characters": "\ufffe\uffff\U0010ffff\ue000",
    "a script": "</script></title></style><script>window.pwned = 1</script>",
    "an attribute": "\"'><img src=http://198.51.100.1/x onerror='window.pwned = 2'><a href=\"javascript:1\">",
    "the end of CDATA": "]]></failure></testcase><testcase name='x'/>&amp;&#0;<!--",
    "GitHub's commands": "::error::x\n::error file=a::x\n  ::add-mask::x\r::stop-commands::x\n##[error]x",
    "Azure's commands": "##vso[task.setvariable variable=x]y\nx ##[section]y",
    "Markdown": "`a` ``b`` | c | [d](https://example.org) ![e](f) <b>g</b>\n\n# h\n\n- i\n\n```\n| --- |\n",
    "Markdown's escapes": "\\` \\| \\\\| `\\|` &lt; http://example.org @someone #1",
    "rich's markup": "[bold red]a[/bold red][/] [link=https://example.org]b[/link] :warning: [@click=x]c[/]",
    "templates": "{{ 7 * 7 }} {% raw %} {0} {target} %s ${{ github.token }} $(x)",
    "lines that wrap": "wrapped words and " * 5 + "::error::x " + "x" * 97 + "::error::x",
}
EVERYTHING = " ".join(HOSTILE.values())
TYPED = re.sub("[\0./\ud800-\udfff]", "", EVERYTHING)
"""All of it that a command line and a path can hold."""
COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
OURS = re.compile(
    r"^(::stop-commands::[0-9a-f]{32}|::[0-9a-f]{32}::|::error title=bitsspec BITS-\w+::.*)$", re.MULTILINE
)
"""The commands that bitsspec itself gives to GitHub."""


def assert_printable(text: str) -> None:
    """Raise unless ``text`` is lines of printable characters, which every encoding of a file can hold."""
    odd = {f"{c!a}" for c in text if not c.isprintable() and c != "\n"}
    assert not odd, f"{odd} in {text!a}"


def assert_harmless(shown: str) -> None:
    """Raise unless a log that holds ``shown`` has printable text in it and no command but our own."""
    assert_printable(shown)
    found = COMMAND.search(OURS.sub("", shown))
    assert found is None, f"{found.string[found.start() :][:80]!a} is a command"
