#!/usr/bin/env bash
# MiniStack: a function that reads the stream of a table is called before its batching window is over, and keeps every queue waiting
#
# Program: ministack 1.5.33 (PyPI), on Python 3.11.
# Event source mappings read as on AWS: each for itself, and a stream with MaximumBatchingWindowInSeconds is handed on when the window
# is over or a batch is full. Seen: a window of 60 s is accepted and read back, and the function is called 0.2 s after the first write,
# with one record where a batch may have 100. While it runs, the function of a queue that has nothing to do with it is not called, which
# otherwise takes 0.2 s; the message is handed on 0.1 s after the first function has returned. One thread reads all sources, and waits for
# functions that read streams, so that a slow one adds to the latency of every queue, and nobody sees batches gather as they do on AWS.
#
# Needs Python 3.10 or later with venv and pip. Fails when that changes.
set -euo pipefail

folder=$(mktemp -d)
server=
end() {
  if [ -n "$server" ]; then
    kill "$server" 2> end.log || true
    wait "$server" 2> end.log || true
  fi
  rm -rf "$folder"
}
trap end EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ministack==1.5.33 > log 2>&1 || { cat log >&2; exit 2; }
export GATEWAY_PORT
GATEWAY_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir temp
env -u PYTHONPATH BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 LAMBDA_EXECUTOR=local TMPDIR="$folder/temp" \
  S3_DATA_DIR="$folder/s3" STATE_DIR="$folder/state" venv/bin/ministack > server.log 2>&1 &
server=$!
cat > drive.py <<'PY'
import base64
import http.client
import io
import json
import os
import queue
import socketserver
import sys
import threading
import time
import zipfile

PORT = int(os.environ["GATEWAY_PORT"])
ACCOUNT = "arn:aws:{}:us-east-1:000000000000:{}"
HELD = 8  # seconds, at least, for which the function of the stream runs
PATIENCE = 45  # seconds for what ought to come at once, on a machine that is busy


def ask(service, method, path, target, body):
    """One call of an API of AWS in JSON."""
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0",
        **({"x-amz-target": target} if target else {}),
    }
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request(method, path, json.dumps(body) if body else None, headers)
    response = connection.getresponse()
    text = response.read().decode()
    if response.status >= 300:
        sys.exit(f"{target or path} was answered {response.status}: {text}")
    return json.loads(text) if text else {}


def dynamodb(action, body):
    return ask("dynamodb", "POST", "/", f"DynamoDB_20120810.{action}", body)


def sqs(action, body):
    return ask("sqs", "POST", "/", f"AmazonSQS.{action}", body)


def until_ready():
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            connection.request("GET", "/_ministack/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit("it does not come up")


# Functions say here that they were called, and with how many records; each returns once it has an answer.
calls = {"stream": queue.Queue(), "queue": queue.Queue()}
may_return = threading.Event()


class Gate(socketserver.StreamRequestHandler):
    def handle(self):
        name, records = self.rfile.readline().decode().split()
        calls[name].put(int(records))
        if name == "stream":
            may_return.wait()
        self.wfile.write(b"go on\n")


class Gates(socketserver.ThreadingTCPServer):
    daemon_threads = True


FUNCTION = """
import os, socket
def handler(event, context):
    with socket.create_connection(("127.0.0.1", int(os.environ["GATE"]))) as gate:
        gate.sendall(f"{os.environ['NAME']} {len(event['Records'])}\\n".encode())
        gate.recv(16)
"""


def function(name, gate):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", FUNCTION)
    ask("lambda", "POST", "/2015-03-31/functions", None, {
        "FunctionName": name,
        "Runtime": "python3.12",
        "Role": "arn:aws:iam::000000000000:role/functions",
        "Handler": "index.handler",
        "Timeout": 300,
        "Code": {"ZipFile": base64.b64encode(packed.getvalue()).decode()},
        "Environment": {"Variables": {"GATE": str(gate), "NAME": name}},
    })


def mapping(body):
    return ask("lambda", "POST", "/2015-03-31/event-source-mappings", None, body)


def within(name, seconds):
    """How many records its next call has, and after how many seconds; None where there is no call."""
    begun = time.monotonic()
    try:
        return calls[name].get(timeout=seconds), time.monotonic() - begun
    except queue.Empty:
        return None, seconds


def main():
    until_ready()
    gates = Gates(("127.0.0.1", 0), Gate)
    threading.Thread(target=gates.serve_forever, daemon=True).start()
    for name in ("stream", "queue"):
        function(name, gates.server_address[1])
    url = sqs("CreateQueue", {"QueueName": "letters", "Attributes": {"VisibilityTimeout": "1800"}})["QueueUrl"]
    mapping({"FunctionName": "queue", "EventSourceArn": ACCOUNT.format("sqs", "letters"), "BatchSize": 10})
    table = dynamodb("CreateTable", {
        "TableName": "orders",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    })["TableDescription"]
    made = mapping({
        "FunctionName": "stream",
        "EventSourceArn": table["LatestStreamArn"],
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 60,
    })
    window = ask("lambda", "GET", f"/2015-03-31/event-source-mappings/{made['UUID']}", None, None)["MaximumBatchingWindowInSeconds"]

    letter = {"QueueUrl": url, "MessageBody": "a letter"}
    sqs("SendMessage", letter)
    alone, alone_after = within("queue", PATIENCE)
    dynamodb("PutItem", {"TableName": "orders", "Item": {"id": {"S": "one"}}})
    records, stream_after = within("stream", PATIENCE)
    sqs("SendMessage", letter)
    beside, _ = within("queue", min(60, max(HELD, 10 * alone_after)))
    may_return.set()
    later, later_after = within("queue", PATIENCE)
    times = f"{alone_after:.1f} s after a message, {stream_after:.1f} s after a write, {later_after:.1f} s after the end of the function"
    print(times, file=sys.stderr)
    print(f"window of {window} s, called before it is over with records: {records}")
    print(f"messages handed on before: {alone}; while the function of the stream runs: {beside}; after it: {later}")


main()
PY
got=$(venv/bin/python3 drive.py) || { tail -n 20 server.log >&2; exit 2; }
echo "$got"
expected='window of 60 s, called before it is over with records: 1
messages handed on before: 1; while the function of the stream runs: None; after it: 1'
[ "$got" = "$expected" ] || { echo 'this has changed' >&2; exit 1; }
