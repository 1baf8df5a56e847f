#!/bin/sh
# Builds bundle/ from src/ and style/; needs Node 20 or newer. Users never run it: the bundle is committed.
set -eu
cd "$(dirname "$0")"

[ -d node_modules ] || npm ci --ignore-scripts
rm -rf lib
npx --no-install tsc
# The builder is called without its Python front end, which may look on the network for JupyterLab's list of
# shared packages; the lock pins that list.
node node_modules/@jupyter/builder/lib/build-labextension.js \
  --core-package-file node_modules/@jupyterlab/core-meta/core.package.json .
node stamp.mjs
