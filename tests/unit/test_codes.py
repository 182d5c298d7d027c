"""Reading what users, Windows and logs call a status code."""

import pytest

from bitsspec.codes import Asked, in_log, read
from bitsspec.errors import CannotRun
from bitsspec.spec.clauses import CLAUSES, Clause
from bitsspec.windows_errors import describe


@pytest.mark.parametrize(
    ("text", "status"),
    {
        "7": 7,
        "007": 7,
        "999": 999,
        " 404: ": 404,
        "0x80190193": 403,
        "0X801901f4": 500,
        "0x80190193L": 403,
        "80190193": 403,
        "801901F4": 500,
        "801901f4h": 500,
        "2149122452": 404,
        "2149122452UL": 404,
        "-2145844844": 404,
        "0n-2145844844": 404,
        "0n2149122452": 404,
        "-0x7FE6FE6D": 403,
        "0xFFFFFFFF80190193": 403,
        "ffffffff`80190193": 403,
        "'0x80190193'": 403,
        "(0x80190193).": 403,
        "[80190193],": 403,
        "\u201c0x80190193\u201d": 403,
        "BG_E_HTTP_ERROR_403": 403,
        "bg_e_http_error_500": 500,
        "HTTP_E_STATUS_NOT_FOUND": 404,
        "HTTP_E_STATUS_REDIRECT_KEEP_VERB": 307,
        "HTTP_E_STATUS_EXPECTATION_FAILED": 417,
        "HTTP_E_STATUS_VERSION_NOT_SUP": 505,
        "http_status_proxy_auth_req": 407,
        "hr=0x80190193": 403,
        "HTTP/1.1 403 Forbidden": 403,
        "0x80190193 (-2145844845 HTTP_E_STATUS_FORBIDDEN)": 403,
    }.items(),
)
def test_a_status_is_read_from_itself_its_hresult_and_its_names(text: str, status: int) -> None:
    assert read(text).codes == (status,)


@pytest.mark.parametrize(
    ("text", "codes"),
    {
        "300-399": range(300, 400),
        "7\u20139": range(7, 10),
        "404..404": (404,),
        "4xx": range(400, 500),
        "40X": range(400, 410),
    }.items(),
)
def test_ranges_and_classes_are_the_codes_in_them(text: str, codes: range) -> None:
    assert read(text).codes == tuple(codes)


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.id)
def test_a_clause_is_the_codes_that_it_governs(clause: Clause) -> None:
    for name in (clause.id, clause.id.lower()):
        assert read(name) == Asked(tuple(clause.governs), clause)


@pytest.mark.parametrize(
    "text",
    [
        *("1000", "-1", "0x801903E8", "teapot", "", "4.04", "0x", "9" * 5000, "0403", "+403", "4_03"),
        *("0x1F4", "0x180190193", "6444089748", "-6440812140", "2149122047", "2149123048", "xxx", "xx"),
        *("\uff14\uff10\uff13", "\u0664\u0660\u0663", "\uff14xx", "HTTP_E_STATUS_TEAPOT", "0x00190193"),
        "took 404 ms",
    ],
)
def test_anything_else_is_a_clear_error(text: str) -> None:
    with pytest.raises(CannotRun, match="neither a status code nor the HRESULT of one\nwrite 000 to 999, "):
        read(text)


def test_an_empty_range_is_told_which_way_round_it_goes() -> None:
    with pytest.raises(CannotRun, match="'399-300' is an empty range: write 300-399"):
        read("399-300")


WIN32 = "a Windows error (facility 7, Win32; its number there is"


@pytest.mark.parametrize(
    ("text", "what"),
    {
        "0x80200013": "0x80200013 is an error of BITS itself (facility 32), BG_E_INSUFFICIENT_RANGE_SUPPORT",
        "0x8020FFFF": "0x8020FFFF is an error of BITS itself (facility 32)",
        "80072EFE": f"'80072EFE' (0x80072EFE) is {WIN32} 12030), ERROR_WINHTTP_CONNECTION_ERROR",
        "-2147024891": f"'-2147024891' (0x80070005) is {WIN32} 5), ERROR_ACCESS_DENIED",
        "12007": f"'12007' (0x80072EE7) is {WIN32} 12007), ERROR_WINHTTP_NAME_NOT_RESOLVED",
        "bg_e_session_not_found": "'bg_e_session_not_found' (0x8020001F) is an error of BITS itself "
        "(facility 32), BG_E_SESSION_NOT_FOUND",
        "0x80240016": "0x80240016 is an error of Windows Update (facility 36)",
    }.items(),
)
def test_an_error_without_a_status_is_told_what_it_is(text: str, what: str) -> None:
    with pytest.raises(CannotRun) as raised:
        read(text)
    assert str(raised.value) == f"{what}\nno HTTP status stands behind it"


@pytest.mark.parametrize("hresult", [0x0007_0005, 0x8ABC_0005, 0x8019_0193])
def test_what_nobody_knows_here_is_not_described(hresult: int) -> None:
    assert describe(hresult) is None


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("404\t201", [404, 201]),
        ('10.0.0.1 - - [01/May/2024:10:00:00 +0000] "POST /up HTTP/1.1" 403 500', [403]),
        ("status: 403, took 200 ms", [403]),
        ("{'status_code': 503, 'size': 404}", [503]),
        ("The remote server returned an error: (404) Not Found.", [404]),
        ("429 Client Error: Too Many Requests", [429]),
        ("exit code: -2145844845", [403]),
        ("80190193 Forbidden (403)", [403]),
        ("BG_E_HTTP_ERROR_403 and HTTP_E_STATUS_NOT_FOUND", [403, 404]),
        ("BITS error 0x80200013, BG_E_UNHEARD_OF", [0x8020_0013]),
        ("response 200 ms, code 1404, error 404.3, 12:404 GET /404/403", []),
        ("0x180190193 and x80190193 and 80190193x", []),
        ("#Fields: date sc-status", []),
    ],
)
def test_a_line_of_a_log_speaks_of_codes(line: str, found: list[int]) -> None:
    assert list(in_log([line])) == found


def test_the_column_of_an_iis_log_is_found_by_its_header() -> None:
    log = [
        "#Software: Microsoft Internet Information Services 10.0",
        "2024-05-01 503",
        "#Fields: date sc-bytes sc-status",
        "2024-05-01 500 403",
        "2024-05-01 500 -",
        "short",
        "#Fields: date sc-bytes",
        "2024-05-01 404",
    ]
    assert in_log(log) == {403: [4]}
