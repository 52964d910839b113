#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image.
set -euo pipefail
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "This autograder needs Python 3.11: choose Ubuntu 24.04 as the base image." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends bubblewrap python3-venv
python3 -m venv /opt/kata
/opt/kata/bin/pip install --quiet /autograder/source/@WHEEL@
