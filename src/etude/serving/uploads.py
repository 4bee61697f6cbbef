"""A multipart request whose file goes to the disk as it comes: never whole in memory, never twice.

It knows forms; what a field means is for the route.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TypeVar

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from etude.serving.errors import ApiError
from etude.store.files import Files, Incoming

# Every damaged form would be a line in the server's log.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

MOST_FIELD = 4096
"""Bytes of a field that is no file."""
MOST_FIELDS = 20
PIECE = 1 << 20
"""Bytes that are collected before they go to the disk: going to a thread for each packet costs more."""

T = TypeVar("T")


@dataclass(frozen=True)
class Upload:
    """What came: the bytes are kept under the id ``file``, and have no row yet."""

    file: str
    incoming: Incoming
    filename: str
    fields: dict[str, str]


async def receive(
    content_type: str,
    chunks: AsyncIterator[bytes],
    files: Files,
    check: Callable[[dict[str, str]], T],
) -> tuple[Upload, T]:
    """The file ``file`` of a form, and what ``check`` makes of its fields.

    Args:
        content_type: the request's header.
        chunks: its body.
        files: where the bytes go; nothing stays of a request that breaks off or is refused.
        check: reads the fields, or raises what is wrong with them.

    Raises:
        ApiError: 400, it is no such form.
        StoreError: the disk is full or refuses.
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise ApiError(
            400, "Expected a multipart/form-data body with a file.", code="invalid_content_type"
        )
    with ExitStack() as stack:
        form = _Form(files, stack)
        try:
            parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type]
            # A disk may be slow, and whoever waits for an answer must not wait for it.
            async for piece in _pieces(chunks):
                await _in_thread(parser.write, piece)
            parser.finalize()
        except FormParserError as error:
            raise ApiError(
                400, "The multipart body is damaged or ends too early.", code="invalid_form"
            ) from error
        came = form.done()
        checked = check(came.fields)
        # Forcing half a gigabyte to the disk takes a while.
        await asyncio.to_thread(stack.pop_all().close)
        return came, checked


async def _pieces(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of ``PIECE`` at least, the last one excepted."""
    held: list[bytes] = []
    size = 0
    async for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= PIECE:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


async def _in_thread(work: Callable[[bytes], object], piece: bytes) -> None:
    """Do it in a thread, which is waited for also where the request is broken off: it writes to a file
    that is about to be closed."""
    task = asyncio.ensure_future(asyncio.to_thread(work, piece))
    try:
        await asyncio.shield(task)
    finally:
        await asyncio.wait([task])


@dataclass
class _Form:
    """The parts of a form as a parser calls them out."""

    files: Files
    stack: ExitStack
    file: str = ""
    incoming: Incoming | None = None
    filename: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    _header: bytes = b""
    _value: bytes = b""
    _disposition: bytes = b""
    _name: str = ""
    _text: bytearray = field(default_factory=bytearray)
    _to_disk: bool = False
    _whole: bool = False

    def callbacks(self) -> dict[str, object]:
        """By the names that the parser knows."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._all,
        }

    def done(self) -> Upload:
        """What came, whole."""
        if not self._whole:
            raise ApiError(400, "The multipart body ends too early.", code="invalid_form")
        if self.incoming is None:
            raise missing("file")
        return Upload(self.file, self.incoming, self.filename, self.fields)

    def _begin(self) -> None:
        self._disposition, self._header, self._value, self._name = b"", b"", b"", ""
        self._text.clear()
        self._to_disk = False

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._to_disk = self._name == "file"
        if not self._to_disk:
            if len(self.fields) >= MOST_FIELDS:
                raise ApiError(400, "The form has too many fields.", code="invalid_form")
            return
        if self.incoming is not None:
            raise ApiError(400, "One file is taken a request.", code="invalid_form", param="file")
        self.filename = options.get(b"filename", b"upload").decode("utf-8", "replace")
        self.file = self.files.new()
        self.incoming = self.stack.enter_context(self.files.receive(self.file))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._to_disk and self.incoming is not None:
            self.incoming.write(data[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > MOST_FIELD:
            words = f"The field '{self._name[:80]}' is longer than {MOST_FIELD} bytes."
            raise ApiError(400, words, code="invalid_form", param=self._name[:80])

    def _end(self) -> None:
        if not self._to_disk:
            self.fields[self._name] = self._text.decode("utf-8", "replace")

    def _all(self) -> None:
        self._whole = True


def missing(name: str) -> ApiError:
    """A field that must be there is not."""
    words = f"Missing required parameter: '{name}'."
    return ApiError(400, words, code="missing_required_parameter", param=name)
