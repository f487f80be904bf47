#!/usr/bin/env bash
# zod 4.6.7: z.toJSONSchema writes the source of a regular expression as `pattern` and drops its flags, without an error
# or a note. A schema with /^[a-z]+$/i takes ABC; its JSON Schema refuses it. A schema with \p{L} and the flag u prints
# \p{L}, which JSON Schema's readers in Python cannot read.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund zod@4.6.7 ajv@8.20.0
cat >ask.mjs <<'JS'
import Ajv from 'ajv/dist/2020.js';
import { z } from 'zod';

const schema = z.string().regex(/^[a-z]+$/i);
const { pattern } = z.toJSONSchema(schema);
const takes = new Ajv.default().compile(z.toJSONSchema(schema));
console.log(`pattern ${pattern}; zod takes ABC: ${schema.safeParse('ABC').success}; its JSON Schema: ${takes('ABC')}`);
console.log(`pattern of letters: ${z.toJSONSchema(z.string().regex(/^\p{L}+$/u)).pattern}`);
JS
node ask.mjs | tee seen
grep -qxF 'pattern ^[a-z]+$; zod takes ABC: true; its JSON Schema: false' seen
grep -qxF 'pattern of letters: ^\p{L}+$' seen
python3 - <<'PY'
import re
try:
    re.compile(r'^\p{L}+$')
    raise SystemExit('Python reads \\p{L} now')
except re.error as error:
    print('Python:', error)
PY
