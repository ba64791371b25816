#!/bin/sh
# Installs motcua from the folder that this file is in, without any network:
#     sh install.sh [TARGET]        TARGET is /opt/motcua unless told otherwise
# Needs the Python that the bundle was made with (PYTHON=… names another than python3), with venv.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/motcua}
python=${PYTHON:-python3}

(cd "$here" && sha256sum --quiet --check SHA256SUMS)
wanted=$(cat "$here/python-version")
found=$("$python" -c 'import platform, sys; print("%d.%d %s" % (*sys.version_info[:2], platform.machine()))')
[ "$found" = "$wanted" ] || { echo "motcua: this bundle is for Python $wanted, found $found; PYTHON=… names another" >&2; exit 1; }
"$python" -m venv "$target" || { echo "motcua: cannot make $target; is python3-venv installed?" >&2; exit 1; }
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
    --find-links "$here/wheels" --requirement "$here/pinned.txt" motcua
"$target/bin/motcua" --version
