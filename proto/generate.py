"""Make voip/wire/v1 from the .proto files; with --check, only tell whether it is what they give.

Needs grpcio-tools (the compiler) and mypy-protobuf (the stubs, in which WhichOneof is a Literal, so
that mypy misses no message of a codec). The output is committed: an install needs neither.
"""

import argparse
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path("voip/wire/v1")
INIT = (
    '"""The control protocol, version 1, as made by proto/generate.py: never edited by hand."""\n'
)


def generate(output: Path) -> None:
    """Compile every .proto file of the package below ``output``."""
    sources = sorted((ROOT / "proto" / PACKAGE).glob("*.proto"))
    stubs = Path(sysconfig.get_path("scripts")) / "protoc-gen-mypy"
    command = [
        sys.executable,
        "-m",
        "grpc_tools.protoc",
        f"-I{ROOT / 'proto'}",
        f"--plugin=protoc-gen-mypy={stubs}",
        f"--python_out={output}",
        f"--mypy_out={output}",
        *map(str, sources),
    ]
    made = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if made.returncode != 0:
        sys.exit(made.stderr)
    (output / PACKAGE / "__init__.py").write_text(INIT)


def contents(output: Path) -> dict[str, bytes]:
    """The package's files below ``output``, by name."""
    return {
        path.name: path.read_bytes()
        for path in (output / PACKAGE).glob("*")
        if path.suffix in {".py", ".pyi"}
    }


def differences(committed: dict[str, bytes], made: dict[str, bytes]) -> list[str]:
    """Names of the files that are missing, orphaned or not what the .proto files give."""
    names = committed.keys() | made.keys()
    return sorted(name for name in names if committed.get(name) != made.get(name))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when stale")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        made = contents(Path(folder))
    stale = differences(contents(ROOT), made)
    if check and stale:
        sys.exit(f"not what the .proto files give: {', '.join(stale)}; run proto/generate.py")
    target = ROOT / PACKAGE
    target.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in made:
            (target / name).write_bytes(made[name])
        else:
            (target / name).unlink()


if __name__ == "__main__":
    main()
