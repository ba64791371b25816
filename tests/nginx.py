"""A real nginx before the real server, with the configuration that is shipped."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.patience import PATIENCE_S

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
NEEDS_NGINX = pytest.mark.skipif(NGINX is None, reason="needs nginx (Debian package nginx-light)")
DEPLOY = Path(__file__).parents[1] / "deploy"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
AROUND = """daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/errors.log;
events {{}}
http {{
    access_log {folder}/access.log;
    {temporary}
    server {{
        listen 127.0.0.1:{port};
        {shipped}
    }}
}}
"""


@contextlib.contextmanager
def before(app_port: int, port: int, folder: Path, staff_port: int | None = None) -> Iterator[Path]:
    """nginx on *port* before the server on *app_port* while the block lasts; its access log.

    With *staff_port*, staff come to another server under a path of their own.
    """
    folder.mkdir()
    shipped = (DEPLOY / "nginx.conf").read_text("utf-8").replace(":8000", f":{app_port}")
    if staff_port:
        shipped += (
            (DEPLOY / "nginx-staff.conf").read_text("utf-8").replace(":8001", f":{staff_port}")
        )
    shipped = shipped.replace("https://$host/", f"http://127.0.0.1:{port}/")
    temporary = " ".join(f"{each}_temp_path {folder}/{each};" for each in TEMPORARY)
    told = AROUND.format(folder=folder, port=port, temporary=temporary, shipped=shipped)
    (folder / "nginx.conf").write_text(told, "utf-8")
    words = [str(NGINX), "-c", str(folder / "nginx.conf"), "-e", str(folder / "errors.log")]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield folder / "access.log"
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("nginx does not answer")
