"""Where uploads are stored, whatever their URL says and the disk does."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitsspec.errors import CannotRun
from bitsspec.wire.server import Server
from bitsspec.wire.storing import LONGEST_NAME, Store, name_in
from tests.support.wire import CREATE, ack, connected, eventually, fragment, packet, put, status, talk


@given(st.text() | st.text("/\\.%2fFcC:?*~$ \0A").map("/".__add__))
def test_a_name_is_plain_whatever_the_url(path: str) -> None:
    name = name_in(path)
    assert 0 < len(name) <= LONGEST_NAME
    assert name.isascii()
    assert set(name) <= {*"._-"} or any(character.isalnum() for character in name)
    assert not {*name} & {*'/\\:*?"<>|%\0 '}
    assert name.strip(".") == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a/b.bin?c=/d", "b.bin"),
        ("/a/..%2f..%5c.bashrc", "bashrc"),
        ("/", "upload"),
        ("/%00CON/", "_CON"),
        ("/..", "upload"),
    ],
)
def test_a_name_is_the_last_part_of_the_path(path: str, name: str) -> None:
    assert name_in(path) == name


def test_what_is_answered_200_is_kept_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "0002-a.bin").write_text("somebody else's")
    with Store(tmp_path / ".") as store, Server(standing=[503, 200], store=store) as server:
        url = f"{server.url}x/../a.bin"
        talk(url, put(url, b"refused"))
        with connected(url) as sock:
            sock.sendall(put(url, b"taken")[:-1])
        assert eventually(lambda: server.connections == 0)
        for body in (b"taken", b"taken too", b""):
            talk(url, put(url, body))
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [
        b"",
        b"somebody else's",
        b"taken",
        b"taken too",
    ]
    assert all(path.name.endswith("-a.bin") for path in tmp_path.iterdir())


def test_a_bits_upload_is_kept_once_and_again_where_it_is_sent_again(tmp_path: Path) -> None:
    with (
        Store(tmp_path) as store,
        Server(bits=True, standing=[503, 200, 200, 416, 200], store=store) as server,
    ):
        url = f"{server.url}a.bin"
        with connected(url) as sock:
            name = ack(sock, packet(url, "Create-Session", CREATE))[1]["BITS-Session-Id"]
            for first, last, code, files in [
                (0, 4, 200, 1),
                (3, 9, 503, 1),
                (5, 9, 200, 1),
                (5, 9, 200, 1),
                (5, 9, 416, 1),
            ]:
                assert ack(sock, fragment(url, name, first, last, 10))[0] == code
                assert len([*tmp_path.iterdir()]) == files
            assert [path.name for path in tmp_path.iterdir()] == ["0001-a.bin"]
            assert ack(sock, fragment(url, name, 0, 9, 10))[0] == 200
            other = ack(sock, packet(url, "Create-Session", CREATE))[1]["BITS-Session-Id"]
            ack(sock, fragment(url, other, 0, 4, 10))
            assert len([*tmp_path.iterdir()]) == 3
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "0001-a.bin": bytes(10),
        "0002-a.bin": bytes(10),
    }


@pytest.mark.parametrize("bits", [False, True])
def test_what_cannot_be_stored_is_no_success(bits: bool, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    with (
        Store(folder) as store,
        Server(bits=bits, standing=[200], store=store) as server,
        connected(server.url) as sock,
    ):
        if bits:
            name = ack(sock, packet(server.url, "Create-Session", CREATE))[1]["BITS-Session-Id"]
            assert ack(sock, fragment(server.url, name, 0, 4, 10))[0] == 200
        shutil.rmtree(folder)
        if not bits:
            assert status(talk(server.url, put(server.url))) == 500
            assert status(talk(server.url, put(server.url, b""))) == 500
            return
        assert ack(sock, fragment(server.url, name, 5, 9, 10))[0] == 500
        folder.mkdir()
        folder.joinpath("0001-upload.part").write_bytes(bytes(5))
        assert ack(sock, fragment(server.url, name, 5, 9, 10))[0] == 200
        folder.joinpath("0001-upload").rename(folder / "away")
    assert [path.name for path in folder.iterdir()] == ["away"]


def test_a_file_that_cannot_be_renamed_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise PermissionError

    with Store(tmp_path) as store, Server(standing=[200], store=store) as server:
        monkeypatch.setattr(Path, "rename", fail)
        assert status(talk(server.url, put(server.url))) == 500
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("path", ["file", "file/below"])
def test_a_folder_that_cannot_be_used_is_named(path: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotRun, match=r"uploads cannot be stored there: .*\nname another folder"):
        Store(tmp_path / path)


def test_a_store_without_a_folder_leaves_nothing() -> None:
    with Store() as store:
        upload = store.new("/a")
        assert upload.write(0, b"a")
        assert upload.keep()
        path = upload.path
        assert path is not None
        assert path.read_bytes() == b"a"
    assert not path.parent.exists()


def test_two_stores_of_one_folder_take_no_name_from_each_other(tmp_path: Path) -> None:
    uploads = [Store(tmp_path).new("/a") for _ in range(3)]
    assert all(upload.write(0, b"a") for upload in uploads)
    assert all(upload.keep() for upload in uploads)
    assert len([*tmp_path.iterdir()]) == 3
