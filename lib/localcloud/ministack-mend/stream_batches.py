"""How MiniStack 1.5.33 feeds functions from the stream of a table, made as it is on AWS.

* One thread reads every source, and waits for the function that reads a stream: meanwhile no queue hands out anything. The
  streams now have a thread of their own.
* It takes whatever is there. On AWS a function that has a batching window is called when the window is over, or a batch is full.
  https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
"""

import threading
import time


def install(module, dynamodb):
    poll, every = module._poll_dynamodb_streams, module._iter_all_esms
    reads_streams = threading.Lock()
    reader = threading.local()
    # When the oldest record was first seen that a mapping has not read.
    since = {}

    def unread(esm):
        table = module._dynamodb_stream_table_from_arn_spec(module.parse_arn(esm["EventSourceArn"]))
        if table is None:
            return 0
        end = dynamodb.stream_end_position(table[0])
        return end - module._dynamodb_stream_positions.get(esm["UUID"], dynamodb.stream_start_position(table[0]))

    def waits(account, region, esm):
        window = esm.get("MaximumBatchingWindowInSeconds", 0)
        if not window:
            return False
        tokens = module._request_account_id.set(account), module._request_region.set(region)
        try:
            records = unread(esm)
        finally:
            module._request_account_id.reset(tokens[0])
            module._request_region.reset(tokens[1])
        now = time.monotonic()
        if 0 < records < esm.get("BatchSize", 100) and now - since.setdefault(esm["UUID"], now) < window:
            return True
        since.pop(esm["UUID"], None)
        return False

    def iter_all_esms():
        for account, region, esm in every():
            if not (getattr(reader, "is_here", False) and waits(account, region, esm)):
                yield account, region, esm

    def read():
        reader.is_here = True
        try:
            while poll():
                pass
        except Exception as error:
            module.logger.error("ESM DynamoDB streams poller error: %s", error)
        finally:
            reads_streams.release()

    def poll_streams():
        if reads_streams.acquire(blocking=False):
            threading.Thread(target=read, daemon=True).start()
        return False

    module._iter_all_esms = iter_all_esms
    module._poll_dynamodb_streams = poll_streams
