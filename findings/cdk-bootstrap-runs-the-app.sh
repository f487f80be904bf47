#!/usr/bin/env bash
# aws-cdk: bootstrapping a named environment runs the app, and fails with it
#
# Package: aws-cdk 2.1148.1 (npm). `cdk bootstrap aws://ACCOUNT/REGION` says itself which environment is meant, and takes nothing
# from the app. Where a cdk.json is at hand it runs the app all the same, and a fault of the app is a fault of the bootstrap: an
# app that refuses to synthesise without its settings keeps an account from being prepared. Seen: the app is run, its exit
# status ends the bootstrap, and no call to AWS is tried; in a folder without cdk.json the same command goes on to AWS.
#
# Needs Node.js 20 or later. Nothing listens where AWS is looked for. Fails when one of the outcomes below changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/with" "$folder/without"
(cd "$folder" && npm init --yes > /dev/null && npm install --no-audit --no-fund --silent aws-cdk@2.1148.1)
cat > "$folder/with/cdk.json" <<'JSON'
{ "app": "node -e \"console.error('the app runs'); process.exit(3)\"" }
JSON

# bootstrap FOLDER: prints what the command says.
bootstrap() {
  (cd "$1" && AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_MAX_ATTEMPTS=1 AWS_REGION=us-east-1 \
    AWS_ENDPOINT_URL=http://127.0.0.1:9 CDK_DISABLE_CLI_TELEMETRY=true \
    "$folder/node_modules/.bin/cdk" bootstrap aws://000000000000/us-east-1 --no-notices --no-color 2>&1 || true)
}

with=$(bootstrap "$folder/with")
without=$(bootstrap "$folder/without")
echo "with cdk.json:    $(grep -E 'the app runs|exited with error' <<< "$with" | tr '\n' ' ')"
echo "without cdk.json: $(grep -E 'Bootstrapping environment' <<< "$without" | head -1)"

grep -q 'the app runs' <<< "$with"
grep -q 'exited with error 3' <<< "$with"
if grep -q 'Bootstrapping environment' <<< "$with"; then exit 1; fi
grep -q 'Bootstrapping environment' <<< "$without"
echo 'as described'
