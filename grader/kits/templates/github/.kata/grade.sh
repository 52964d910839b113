#!/usr/bin/env bash
# Grade the file of the repository, or say that there is none: a summary and annotations for the learner. The
# step fails below full marks (exit 1), and when there is no verdict (exit 3).
set -euo pipefail
grade . --one --require-isolation strong --feedback hints --fail-under 1 \
  --format github="${GITHUB_STEP_SUMMARY:-summary.md}" \
  --format github-annotations
