"""Loaded by MiniStack's Python at its start (PYTHONPATH). Makes good seven faults of MiniStack 1.5.33 (two in
stream_batches.py), and adds the move tasks of SQS (message_moves.py), which it lacks.

Branches of a Parallel run in threads of their own, while the Lambda sources receive and delete from theirs.

* The branches share one context object, and with it `$$.Task.Token`: of many branches that start at once, now and then
  one sends the token of another, and waits for ever for an answer to its own. Each branch gets a copy.
* Each send looks through the deduplication cache of the queue while the others add to it: about one send in a
  thousand ends its branch, and with it the execution, with "dictionary changed size during iteration". A copy of the
  entries is taken in one step.
* Whatever deletes puts a new list of messages in the place of the old one, and a message that is sent in between is
  in neither, and lost. Sending now takes the lock that receiving and deleting hold.

The other two:

* All messages of all connections of a WebSocket API wait for one process of its function, one after the other. They now
  have several, each for one message at a time.
* A restart keeps how far the consumers of a table's stream have read, and not what is in the stream. So they hear nothing
  until as much has been written as before. The records are now kept with the table.
"""

import collections
import copy
import functools
import importlib.abc
import importlib.machinery
import sys
import threading
import time

import message_moves
import stream_batches

# What adds to a queue's list of messages, and what replaces it.
LOCKED = (
    "_act_send_message",
    "_act_send_message_batch",
    "_act_delete_message",
    "_act_delete_message_batch",
    "_dlq_sweep",
)

# Processes of a function that serves connections. Each is a process of Node: as many as two cores have use for.
SOCKET_PROCESSES = 4


def _prune_dedup(queue):
    now = time.time()
    entries = list(queue["dedup_cache"].items())
    queue["dedup_cache"] = {key: entry for key, entry in entries if entry["expire"] > now}


def _holding(lock, function):
    @functools.wraps(function)
    def locked(*arguments, **named):
        with lock:
            return function(*arguments, **named)

    return locked


def _require(module, *names):
    for name in names:
        assert hasattr(module, name), f"this MiniStack is another one, without {name}: look at what this file is for"


def _mend_step_functions(module):
    _require(module, "_run_sub_machine")
    original = module._run_sub_machine

    @functools.wraps(original)
    def run_sub_machine(states, start_at, input_data, execution, ctx):
        return original(states, start_at, input_data, execution, dict(ctx))

    module._run_sub_machine = run_sub_machine


def _mend_sqs(module):
    _require(module, "_prune_dedup", "_queues_lock", "_queue_by_arn", "_HANDLERS", *LOCKED)
    module._prune_dedup = _prune_dedup
    # Entered again by a batch for each of its messages.
    module._queues_lock = threading.RLock()
    for name in LOCKED:
        original = getattr(module, name)
        locked = _holding(module._queues_lock, original)
        setattr(module, name, locked)
        for action, handler in list(module._HANDLERS.items()):
            if handler is original:
                module._HANDLERS[action] = locked
    message_moves.install(module, functools.partial(_holding, module._queues_lock))


def _mend_lambda_runtime(module):
    _require(module, "get_or_create_worker", "acquire_worker", "release_worker")

    slots = collections.defaultdict(functools.partial(threading.BoundedSemaphore, SOCKET_PROCESSES))

    class Lease:
        """What a caller holds who gives nothing back: it takes a process for each call, and gives it back after it."""

        def __init__(self, function, *arguments, **named):
            self._slot = slots[function]
            self._acquire = functools.partial(module.acquire_worker, function, *arguments, **named)

        def invoke(self, *arguments, **named):
            with self._slot:
                worker, _reason = self._acquire()
                try:
                    return worker.invoke(*arguments, **named)
                finally:
                    module.release_worker(worker)

    module.get_or_create_worker = Lease


def _mend_dynamodb(module):
    _require(module, "_stream_records", "_stream_trimmed", "get_state", "load_persisted_state")
    state, load = module.get_state, module.load_persisted_state
    streams = ("_stream_records", "_stream_trimmed")

    def get_state():
        return {**state(), **{name: copy.deepcopy(getattr(module, name)) for name in streams}}

    def load_persisted_state(data):
        load(data)
        for name in streams:
            getattr(module, name).update(data.get(name, {}))

    module.get_state, module.load_persisted_state = get_state, load_persisted_state


def _mend_lambda(module):
    from ministack.services import dynamodb

    _require(module, "_poll_dynamodb_streams", "_iter_all_esms", "_dynamodb_stream_positions", "parse_arn", "logger")
    _require(module, "_dynamodb_stream_table_from_arn_spec", "_request_account_id", "_request_region", "ArnParseError")
    _require(dynamodb, "stream_start_position", "stream_end_position")
    stream_batches.install(module, dynamodb)


MENDED = {
    "ministack.core.lambda_runtime": _mend_lambda_runtime,
    "ministack.services.dynamodb": _mend_dynamodb,
    "ministack.services.lambda_svc": _mend_lambda,
    "ministack.services.sqs": _mend_sqs,
    "ministack.services.stepfunctions": _mend_step_functions,
}


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name not in MENDED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            MENDED[name](module)

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, _Finder())
