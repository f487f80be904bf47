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
    asked = threading.Event()
    # Of each mapping the first record that its function has not read, and when that has waited long enough. The thread that
    # reads has them for itself.
    windows = {}

    def unread(esm):
        """Where the mapping goes on to read, and the end of its stream; None where there is nothing for a window to begin with."""
        position = module._dynamodb_stream_positions.get(esm["UUID"])
        try:
            table = module._dynamodb_stream_table_from_arn_spec(module.parse_arn(esm.get("EventSourceArn", "")))
        except module.ArnParseError:
            return None
        if table is None or position is None:
            return None
        first, end = max(position, dynamodb.stream_start_position(table[0])), dynamodb.stream_end_position(table[0])
        return (first, end) if first < end else None

    def waits(esm):
        window = esm.get("MaximumBatchingWindowInSeconds", 0)
        records = unread(esm) if window else None
        if records is None:
            windows.pop(esm["UUID"], None)
            return False
        (first, end), now = records, time.monotonic()
        # What a function could not handle has waited, and is the first still.
        if windows.get(esm["UUID"], (None,))[0] != first:
            windows[esm["UUID"]] = (first, now + window)
        return end - first < esm.get("BatchSize", 100) and now < windows[esm["UUID"]][1]

    def scoped_waits(account, region, esm):
        tokens = module._request_account_id.set(account), module._request_region.set(region)
        try:
            return waits(esm)
        finally:
            module._request_account_id.reset(tokens[0])
            module._request_region.reset(tokens[1])

    def iter_all_esms():
        if threading.current_thread() is not reader:
            yield from every()
            return
        mappings = list(every())
        for gone in windows.keys() - {esm["UUID"] for _, _, esm in mappings}:
            del windows[gone]
        for account, region, esm in mappings:
            if not scoped_waits(account, region, esm):
                yield account, region, esm

    def until_next_end():
        now = time.monotonic()
        return min((end - now for _, end in windows.values() if end > now), default=None)

    def read():
        while True:
            asked.wait(until_next_end())
            asked.clear()
            try:
                while poll():
                    pass
            except Exception as error:
                module.logger.error("ESM DynamoDB streams poller error: %s", error)

    def poll_streams():
        asked.set()
        return False

    module._iter_all_esms = iter_all_esms
    module._poll_dynamodb_streams = poll_streams
    reader = threading.Thread(target=read, daemon=True, name="streams")
    reader.start()
