#!/usr/bin/env bash
# parse-prometheus-text-format: a labelled histogram loses its labels, and all series but the last
#
# Package: parse-prometheus-text-format 1.1.1 (npm), which reads the text exposition format of Prometheus into JSON. A histogram
# may have labels beside `le`: each of their values is a series of its own, with buckets, sum and count. Counters and gauges with
# labels come out as one entry each, with `labels`. Seen: a histogram of two series comes out as one entry without labels, sum or
# count, whose buckets are those of the series that stands last: the 5 observations of `route="a"` are gone. Without labels
# it comes out whole. The same text read by prometheus_client 0.21.1 (Python), of the Prometheus project, has both.
#
# Needs Node.js 20 or later and npm. Fails when that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > /dev/null
npm install --no-audit --no-fund parse-prometheus-text-format@1.1.1 > log 2>&1 || { cat log >&2; exit 2; }

cat > read.cjs <<'JS'
const read = require('parse-prometheus-text-format').default ?? require('parse-prometheus-text-format');
const series = (labels, count) => [
  `h_bucket{le="1"${labels && `,${labels}`}} ${count}`,
  `h_bucket{le="+Inf"${labels && `,${labels}`}} ${count}`,
  `h_sum${labels && `{${labels}}`} ${count}`,
  `h_count${labels && `{${labels}}`} ${count}`,
];
const text = (lines) => ['# HELP h How long.', '# TYPE h histogram', ...lines, ''].join('\n');
const shown = (lines) => console.log(JSON.stringify(read(text(lines))[0].metrics));
shown([...series('route="a"', 5), ...series('route="b"', 2)]);
shown(series('', 5));
JS
{ read -r labelled; read -r plain; } < <(node read.cjs)
echo "two series: $labelled"
echo "no labels: $plain"
[ "$labelled" = '[{"buckets":{"1":"2","+Inf":"2"}}]' ] || { echo "expected the last series alone, without labels: the behaviour has changed" >&2; exit 1; }
[ "$plain" = '[{"buckets":{"1":"5","+Inf":"5"},"count":"5","sum":"5"}]' ] || { echo "expected buckets, count and sum: the behaviour has changed" >&2; exit 1; }
