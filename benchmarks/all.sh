#!/bin/sh
# The whole comparison: all.sh TARGETS OUTDIR   (PERF_PYTHON, PERF_PG, PERF_MYSQL, PERF_WORK as in README.md; PERF_PYSPY optional)
# about 90 minutes with size L; LEAVE_OUT_L=1 and LEAVE_OUT_GROWTH=1 shorten it
set -e
targets=${1:-whimbrel,django,alembic}
out=${2:-results}
here=$(cd "$(dirname "$0")" && pwd)
work=${PERF_WORK:-perf-work}
mkdir -p "$out"
dbs=sqlite
[ -n "$PERF_PG" ] && dbs=$dbs,postgresql
[ -n "$PERF_MYSQL" ] && dbs=$dbs,mariadb
py="python3 $here/compare.py --targets $targets"
$py --size S --db $dbs --reps 5 --floors all --replay --out "$out/S.json"
$py --size M --db $dbs --reps 3 --long 200 --floors all --replay --out "$out/M.json"
$py --size M --db sqlite --reps 3 --cases noop,check,list,status,sqlmigrate --no-bytecode --variant "no .pyc" --work "$work/cold" --out "$out/M_nopyc.json"
if [ -z "$LEAVE_OUT_GROWTH" ]; then
  $py --size 20x200x250,20x200x500,20x200x2000,20x200x4000,20x50x1000,20x100x1000,20x400x1000,20x800x1000 \
      --db sqlite --cases build,noop,check --reps 3 --long 5 --timeout 300 --out "$out/growth.json"
fi
if [ -z "$LEAVE_OUT_L" ]; then
  $py --size L --db sqlite --cases build,noop,check,change,forward,list,status,squash --reps 3 --long 10 --timeout 600 --out "$out/L.json"
fi
[ -n "$PERF_PYSPY" ] && python3 "$here/profile_phases.py" --targets "$targets" --size M --db sqlite --out "$out/profile-M-sqlite.json"
python3 "$here/report.py" "$out"/S.json "$out"/M.json > "$out/tables.md"
for x in migrations models; do
  fixed=200; [ $x = models ] && fixed=1000
  python3 "$here/fit.py" --x $x --fixed $fixed "$out"/M.json "$out"/growth.json 2>/dev/null || true
done
