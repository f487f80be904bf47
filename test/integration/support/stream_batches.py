"""When functions get what is in the stream of their table, with the mend of lib/localcloud: prints what they got, as JSON.

Run by the Python of MiniStack. Its own thread looks for what there is; the functions are made up, and note what they are called
with. Windows of 300 seconds are those that nothing waits for.
"""

import json
import queue
import threading
import time

from ministack.services import dynamodb, lambda_svc, sqs

PATIENCE = 20
KEY = {"AttributeName": "pk", "KeyType": "HASH"}
seen, busy, go_on = {}, threading.Event(), threading.Event()
fails = ["failing"]


def execute(function, event):
    name = function["config"]["FunctionName"]
    if name == "busy":
        busy.set()
        go_on.wait()
    seen[name].put((len(event["Records"]), time.monotonic()))
    if name in fails:
        fails.remove(name)
        return {"error": True, "body": {"errorType": "Error", "errorMessage": "once"}}
    return {"body": {"batchItemFailures": []}}


def mapping(name, source, **options):
    seen[name] = queue.Queue()
    config = {"FunctionName": name, "FunctionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}"}
    lambda_svc._functions[name] = {"config": config, "versions": {}, "aliases": {}}
    created = lambda_svc._create_esm({"FunctionName": name, "EventSourceArn": source, **options})
    assert created[0] == 202, created
    return json.loads(created[2])["UUID"]


def streamed(name, **options):
    table = {"TableName": name, "KeySchema": [KEY], "BillingMode": "PAY_PER_REQUEST"}
    table["AttributeDefinitions"] = [{"AttributeName": "pk", "AttributeType": "S"}]
    table["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    created = dynamodb._create_table(table)
    assert created[0] == 200, created
    arn = json.loads(created[2])["TableDescription"]["LatestStreamArn"]
    return mapping(name, arn, StartingPosition="TRIM_HORIZON", **options)


def put(name, key):
    written = dynamodb._put_item({"TableName": name, "Item": {"pk": {"S": key}}})
    assert written[0] == 200, written


def call(name):
    """How many records the function got, and when; none where it is not called."""
    try:
        return seen[name].get(timeout=PATIENCE)
    except queue.Empty:
        return 0, 0


def queue_beside_a_busy_stream():
    url = sqs._act_create_queue({"QueueName": "queued"}, "")["QueueUrl"]
    mapping("queued", "arn:aws:sqs:us-east-1:000000000000:queued")
    streamed("busy")
    put("busy", "a")
    assert busy.wait(PATIENCE)
    sqs._act_send_message({"QueueUrl": url, "MessageBody": "b"}, url)
    messages, _ = call("queued")
    go_on.set()
    return [messages, call("busy")[0]]


def one_in_a_window():
    streamed("alone", MaximumBatchingWindowInSeconds=1)
    began = time.monotonic()
    put("alone", "a")
    records, at = call("alone")
    return [records, at - began >= 1]


def two_in_a_window():
    streamed("together", MaximumBatchingWindowInSeconds=1)
    while True:
        began = time.monotonic()
        put("together", "a" + str(began))
        time.sleep(0.2)
        put("together", "b" + str(began))
        was_in_time = time.monotonic() - began < 1
        records, _ = call("together")
        if was_in_time:
            return records
        # A machine that was too busy for that proves nothing.
        if records == 1:
            call("together")


def more_than_a_batch():
    streamed("full", BatchSize=2, MaximumBatchingWindowInSeconds=300)
    for key in "abc":
        put("full", key)
    return call("full")[0]


def one_without_a_window():
    streamed("at-once")
    put("at-once", "a")
    return call("at-once")[0]


def one_that_fails_once():
    uuid = streamed("failing", MaximumBatchingWindowInSeconds=1)
    put("failing", "a")
    first, _ = call("failing")
    lambda_svc._esms[uuid]["MaximumBatchingWindowInSeconds"] = 300
    return [first, call("failing")[0]]


lambda_svc._execute_function = execute
said = {
    "queueBesideABusyStream": queue_beside_a_busy_stream(),
    "oneInAWindow": one_in_a_window(),
    "twoInAWindow": two_in_a_window(),
    "moreThanABatch": more_than_a_batch(),
    "oneWithoutAWindow": one_without_a_window(),
    "oneThatFailsOnce": one_that_fails_once(),
    "leftForTheWindow": seen["full"].empty(),
}
print(json.dumps(said))
