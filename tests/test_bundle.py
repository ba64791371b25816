"""The bundle on a machine without a network: built, installed, looked at, and serving the demo.

Takes minutes, and a network to build it: MOTCUA_BUNDLE=1 (`make prove`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# What is run where only the loopback interface is. 192.0.2.1 is nobody's (RFC 5737).
ALONE = r"""
ip link set lo up
python3 - <<'END'
import socket
try:
    socket.create_connection(("192.0.2.1", 80), 5)
except OSError as error:
    print("network:", error.strerror)
END
tar -xzf motcua-*.tar.gz
sh motcua/install.sh "$PWD/installed"
installed/bin/motcua doctor
installed/bin/motcua demo --port 8000 >demo.log 2>&1 &
trap 'kill $!' EXIT
installed/bin/python - <<'END'
import json, time, urllib.request
HERE = "http://127.0.0.1:8000"
for _ in range(600):
    try:
        urllib.request.urlopen(HERE + "/readyz", timeout=5)
    except OSError:
        time.sleep(1)
    else:
        break
print("page:", urllib.request.urlopen(HERE + "/units/38").status)
update = json.dumps({"update_id": "1", "event": {"start": "381207"}}).encode()
head = {"Content-Type": "application/json"}
asked = urllib.request.urlopen(urllib.request.Request(HERE + "/api/v1/chat", update, head))
print("choices:", len(json.load(asked)["messages"][0]["choices"]))
END
"""


@pytest.mark.drill
@pytest.mark.skipif("MOTCUA_BUNDLE" not in os.environ, reason="takes minutes: MOTCUA_BUNDLE=1")
def test_a_bundle_installs_and_serves_without_a_network(tmp_path: Path) -> None:
    """In a network namespace of its own, with no settings, caches or packages of this machine."""
    subprocess.run(["make", "-C", str(ROOT), "bundle"], check=True, timeout=900)
    (archive,) = (ROOT / "build").glob("motcua-*.tar.gz")
    shutil.copy(archive, tmp_path)
    alone = ["unshare", "--map-root-user", "--net", "sh", "-ec", ALONE]
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run(
        alone, cwd=tmp_path, env=bare, capture_output=True, text=True, timeout=1200, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "network: Network is unreachable",
        "motcua, version 0.1.0",
        "ok: nothing is wrong",
        "page: 200",
        "choices: 6",
    ]
