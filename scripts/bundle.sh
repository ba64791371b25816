#!/bin/sh
# build/motcua and build/motcua-VERSION.tar.gz: all that deploy/install.sh installs without a network.
# What is fetched must have the hashes of uv.lock; what has no wheel there is built into one.
set -eu
uv=$1
made=build/motcua
rm -rf build/motcua*
mkdir -p "$made/wheels"
"$uv" export --quiet --frozen --no-dev --no-emit-project --output-file build/motcua-locked.txt >/dev/null
"$uv" export --quiet --frozen --no-dev --no-emit-project --no-hashes --output-file "$made/pinned.txt" >/dev/null
"$uv" build --quiet --wheel --out-dir "$made/wheels" && rm -f "$made/wheels/.gitignore"
python3 -m venv build/motcua-pip
build/motcua-pip/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --require-hashes \
    --requirement build/motcua-locked.txt --wheel-dir "$made/wheels"
build/motcua-pip/bin/python -c 'import platform, sys; print("%d.%d %s" % (*sys.version_info[:2], platform.machine()))' >"$made/python-version"
cp -R deploy docs LICENSE NOTICE README.md README.vi.md CHANGELOG.md "$made"
mv "$made/deploy/install.sh" "$made"
(cd "$made" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS)
version=$(basename "$made"/wheels/motcua-*.whl | cut -d- -f2)
tar -C build --sort=name --owner=0 --group=0 -czf "build/motcua-$version.tar.gz" motcua
rm -rf build/motcua-pip build/motcua-locked.txt
du -h "build/motcua-$version.tar.gz"
