#!/usr/bin/env bash
# PrairieLearn runs this for each submission. Another exit code than 0 says that the grading
# failed, which costs the learner no attempt.
set -euo pipefail
mkdir -p /grade/results
rm -f /grade/results/results.json
grade /grade/student --one --require-isolation strong --feedback hints \
  --format prairielearn=/grade/results/results.json
