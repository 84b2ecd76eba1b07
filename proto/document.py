"""Make docs/protocol.md: the page written by hand, then every message from the .proto comments.

With --check, only tell whether the page is what they give. The comments are read from the source
information of the compiler, so the page says what the published files say, number by number.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
)

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "proto/voip/wire/v1"
HEAD = ROOT / "proto/protocol.head.md"
PAGE = ROOT / "docs/protocol.md"
ORDER = ("envelope", "session", "login", "account", "people", "calls", "errors")

# Places in a file descriptor, as the compiler names them in its source information.
SYNTAX, MESSAGES, ENUMS = 12, 4, 5
FIELDS, VALUES = 2, 2

Place = tuple[int, ...]
Comments = dict[Place, str]


def described() -> dict[str, FileDescriptorProto]:
    """The compiled files with their comments, by name without folder and ending."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "descriptors"
        command = [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            f"-I{ROOT / 'proto'}",
            "--include_source_info",
            f"--descriptor_set_out={output}",
            *(str(SOURCES / f"{name}.proto") for name in ORDER),
        ]
        subprocess.run(command, check=True)  # noqa: S603 - a command of our own words
        files = FileDescriptorSet.FromString(output.read_bytes()).file
    return {Path(file.name).stem: file for file in files}


def comments_of(file: FileDescriptorProto) -> Comments:
    """The comment before each thing in a file, on one line."""
    return {
        tuple(location.path): " ".join(location.leading_comments.split())
        for location in file.source_code_info.location
        if location.leading_comments
    }


def type_of(field: FieldDescriptorProto) -> str:
    """A field's type as one writes it."""
    name = field.type_name.rpartition(".")[2]
    word = name or FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        return f"repeated {word}"
    return f"optional {word}" if field.proto3_optional else word


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table, if there is anything in it."""
    if rows:
        for row in (head, ("---",) * len(head), *rows):
            yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"
        yield ""


def message_lines(message: DescriptorProto, place: Place, comments: Comments) -> Iterator[str]:
    """One message: what it is for, and its fields."""
    yield from (f"### {message.name}", "", comments[place], "")
    rows = [
        (str(field.number), f"`{field.name}`", type_of(field), comments[*place, FIELDS, index])
        for index, field in enumerate(message.field)
    ]
    yield from table(("no.", "field", "type", "meaning"), rows)


def enum_lines(enum: EnumDescriptorProto, place: Place, comments: Comments) -> Iterator[str]:
    """One enum: what it is for, and its values."""
    yield from (f"### {enum.name}", "", comments[place], "")
    rows = [
        (str(value.number), f"`{value.name}`", comments[*place, VALUES, index])
        for index, value in enumerate(enum.value)
    ]
    yield from table(("no.", "value", "meaning"), rows)


def file_lines(name: str, file: FileDescriptorProto) -> Iterator[str]:
    """One .proto file: its subject, its messages, its enums."""
    comments = comments_of(file)
    yield from (f"## Messages: {name}", "", comments[SYNTAX,], "")
    for index, message in enumerate(file.message_type):
        yield from message_lines(message, (MESSAGES, index), comments)
    for index, enum in enumerate(file.enum_type):
        yield from enum_lines(enum, (ENUMS, index), comments)


def page() -> str:
    """The whole page."""
    files = described()
    lines = [line for name in ORDER for line in file_lines(name, files[name])]
    return HEAD.read_text() + "\n" + "\n".join(lines).rstrip() + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when stale")
    check = parser.parse_args().check
    made = page()
    is_fresh = PAGE.exists() and PAGE.read_text() == made
    if check and not is_fresh:
        sys.exit("docs/protocol.md is not what the .proto files give; run python -m proto.document")
    if not is_fresh:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(made)


if __name__ == "__main__":
    main()
