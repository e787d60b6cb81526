"""Names that try to be something else: markup, formulas, SQL, paths, other directions, long."""

import random

NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "\t=1+1",
    "＝1+1",
    "'; drop table marts.dim_accounts; --",
    '"; select 1; --',
    "Robert'); delete from raw.usage_events where (1=1",
    "$segment {x} {{ 1+1 }} {% raw %} %s %(x)s ${jndi:ldap://x}",
    "../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "CON.csv",
    "\u202egnp.exe \u05e2\u05e1\u05e7",
    "\u0627\u0644\u0634\u0631\u0643\u0629 \u0627\u0644\u0623\u0648\u0644\u0649",
    "e\u0301 \u00e9 \u212b",
    "\U0001f469\u200d\U0001f4bb\U0001f680",
    "\u200b",
    "null",
    "None",
    "NaN",
    "0",
    "1e9",
    "true",
    "all",
    " ",
    "![x](http://evil.example/x.png)",
    ":red[red] $x^2$ **bold** [y](javascript:alert(1))",
    "a,b;c\"d'e",
    "line\nbreak",
    "x" * 300,
    "\u6f22" * 150,
)
PIECES = (
    *("=", "+", "@", "<b>", "'", '"', "--", "/*", "\u202e", "\u2066", "\U0001f4a5", "](", "|", "$"),
    *("{{", "%s", "\\", "../", "\u00a0", "\u0301", "A", "Ltd.", "&amp;", "#"),
)


def names(rng: random.Random, wanted: int) -> list[str]:
    """The names above, and others put together from pieces."""
    made = list(NAMES[:wanted])
    while len(made) < wanted:
        made.append("".join(rng.choices(PIECES, k=rng.randrange(2, 9))))
    return made


def file_names(rng: random.Random, wanted: int) -> list[str]:
    """Names that a file system takes; a slash and an end of line are no part of one."""
    found = []
    for name in names(rng, wanted):
        plain = name.replace("/", "\u2215").replace("\n", " ").strip(". ") or "x"
        found.append(plain.encode()[:180].decode(errors="ignore"))
    return [name for name in dict.fromkeys(found) if not name.startswith("_")]
