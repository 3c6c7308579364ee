"""A store with the S3 interface that others wrote: rclone, which checks signatures."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.adapters.deploy.s3 import Store
from publisher.model.settings import BucketTarget

KEY = "TEAMSKEY"

UNFINISHED = ".rclone_temp_put_"
"""How names begin of what it has only a part of."""


def program() -> str:
    """Return where rclone is, that of the package first; empty: nowhere."""
    beside = Path(sys.executable).with_name("rclone")
    return str(beside) if beside.exists() else shutil.which("rclone") or ""


@dataclass
class Server:
    """A store that can be stopped and started again with what it holds."""

    folder: Path
    port: int
    secret: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def bucket(self, name: str, prefix: str = "") -> BucketTarget:
        """Return the settings of a bucket, which is made."""
        settings = BucketTarget(self.endpoint, name, prefix, "us-east-1", KEY)
        with self.store(settings) as store:
            store._ask("PUT", store._base)
        return settings

    def objects(self, settings: BucketTarget) -> dict[str, bytes]:
        """Return all that is in a bucket, as it is stored."""
        top = self.folder / "data" / settings.bucket
        return {
            file.relative_to(top).as_posix(): file.read_bytes()
            for file in top.rglob("*")
            if file.is_file()
        }

    def store(self, settings: BucketTarget) -> closing[Store]:
        """Return a bucket, to do something there."""
        return closing(Store(settings, self.secret))

    def put(self, settings: BucketTarget, name: str, data: bytes) -> None:
        with self.store(settings) as store:
            store.put(name, data, {})

    def start(self) -> None:
        argv = [program(), "serve", "s3", "--addr", f"127.0.0.1:{self.port}"]
        # Uploads take their names only when they are whole.
        argv += ["--vfs-cache-mode", "off"]
        argv += ["--config", str(self.folder / "none.conf"), str(self.folder / "data")]
        environ = {**os.environ, "RCLONE_AUTH_KEY": f'"{KEY},{self.secret}"'}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(argv, stderr=log, stdout=log, env=environ)
        for _ in range(400):
            try:
                urllib.request.urlopen(self.endpoint, timeout=1).close()
            except urllib.error.HTTPError as error:
                error.close()
                return
            except OSError:
                assert self.process.poll() is None, "rclone ended"
                time.sleep(0.05)
            else:
                return
        msg = "rclone does not answer"
        raise AssertionError(msg)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def need() -> None:
    """Skip without a store; PUBLISHER_SERVERS says that there has to be one."""
    found = program()
    reason = ""
    if not found:
        reason = "rclone not installed"
    else:
        said = subprocess.run(
            [found, "serve", "--help"], capture_output=True, check=True
        )
        if b" s3 " not in said.stdout:
            reason = f"{found} is older than 1.65"
    if not reason:
        return
    if "s3" in os.environ.get("PUBLISHER_SERVERS", "").split():
        pytest.fail(f"s3: {reason}")
    pytest.skip(f"s3: {reason}")


@contextmanager
def running(folder: Path, port: int, secret: str) -> Iterator[Server]:
    """Run a store whose buckets are folders below `folder`."""
    (folder / "data").mkdir()
    server = Server(folder, port, secret)
    server.start()
    try:
        yield server
    finally:
        server.stop()
