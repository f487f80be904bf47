"""How many processes of a function serve the messages of connections at once, with the mend of lib/localcloud: prints it.

Run by the Python of MiniStack. Six messages come; each process holds its own until no other one has begun for half a second.
"""

import threading
import time

from ministack.core import lambda_runtime

busy, most = set(), [0]
latest = [time.monotonic()]
guard = threading.Lock()


class Process(lambda_runtime.Worker):
    def invoke(self, *arguments, **named):
        with guard:
            assert self not in busy, "one process has two messages"
            busy.add(self)
            most[0] = max(most[0], len(busy))
            latest[0] = time.monotonic()
        while time.monotonic() < latest[0] + 0.5:
            time.sleep(0.01)
        with guard:
            busy.remove(self)
        return {"status": "ok"}


lambda_runtime._worker_class_for = lambda config: Process
config = {"FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:socket"}


def message():
    lambda_runtime.get_or_create_worker("socket", config, b"", qualifier="$LATEST").invoke({}, "id")


threads = [threading.Thread(target=message) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(most[0])
