#!/usr/bin/env bash
# The whole recipe on a machine with a GPU: rows written by many cores at once while the GPU trains on
# the first of them, then the decay, the scores and the folder that ships.
#
#   CORPUS=corpus RUN=/tmp/starter bash recipes/starter/on_gpu.sh
#
# MILLIONS of tokens in all, WORKERS cores that write them, STABLE and DECAY minutes; STEP tokens a
# step. TOKENIZER and LEXICON: those of an earlier run, to keep the ids. DEVICE=cpu tries it small.
set -euo pipefail
cd "$(dirname "$0")"
: "${CORPUS:?a folder of *.txt.gz}" "${RUN:?a folder for shards and checkpoints}"
PYTHON=${PYTHON:-python}
MILLIONS=${MILLIONS:-800} WORKERS=${WORKERS:-14} SHARD=${SHARD:-8388608}
STABLE=${STABLE:-5} DECAY=${DECAY:-3} STEP=${STEP:-65536} DEVICE=${DEVICE:-cuda} COUNT=${COUNT:-100}
OUT=${OUT:-$RUN/folder}
mkdir -p "$RUN/shards" "$RUN/decay"

if [ -n "${TOKENIZER:-}" ] && [ -n "${LEXICON:-}" ]; then
  cp "$TOKENIZER" "$RUN/tokenizer.json"
  cp "$LEXICON" "$RUN/lexicon.json"
else
  $PYTHON tokenizer.py --corpus "$CORPUS" --out "$RUN"
fi

# Shards 0 and 1 teach copying; the rest are taken in turn by the workers, so that the first ones are
# ready first. Shards of the decay are numbered on from there; evaluation's seeds begin at 199.
shards=$((MILLIONS * 1000000 / SHARD))
decay=$((shards / 3 + 1))
if [ $((shards + 2)) -gt 198 ]; then
  echo "$shards shards are more than the 196 that have seeds of their own: raise SHARD" >&2
  exit 2
fi
write() { $PYTHON shards.py --corpus "$CORPUS" --run "$RUN" --count 1 --tokens "$SHARD" "$@"; }
(write --mixture copy --first 0 && write --mixture copy --first 1) &
worker() {
  for ((n = 2 + $1; n < 2 + shards; n += WORKERS)); do
    if ((n < 2 + shards - decay)); then
      if ((n % 8 == 7)); then write --mixture long --first "$n"; else write --mixture main --first "$n"; fi
    else
      write --mixture final --first "$n" --folder decay
    fi
  done
}
for ((w = 0; w < WORKERS; w++)); do worker "$w" & done

train() { $PYTHON train.py "$@" --run "$RUN" --device "$DEVICE" --step "$STEP"; }
train stable --minutes "$STABLE"
until ls "$RUN"/decay/*.npz >/dev/null 2>&1; do sleep 1; done
train decay --minutes "$DECAY"
# Rows that were written for nothing are not waited for.
jobs -p | xargs -r kill 2>/dev/null || true
$PYTHON evaluate.py --run "$RUN" --weights "$RUN/decay.pt" --corpus "$CORPUS" --count "$COUNT" \
  --out "$RUN/scores.json"
$PYTHON export.py --run "$RUN" --weights "$RUN/decay.pt" --scores "$RUN/scores.json" --how "on $DEVICE" --out "$OUT"
