"""Loaded by MiniStack's Python at its start (PYTHONPATH). Makes good one fault of MiniStack 1.5.33.

Branches of a Parallel send to SQS from threads of their own, and each send looks through the deduplication cache of
the queue while the others add to it: about one send in a thousand ends its branch, and with it the execution, with
"dictionary changed size during iteration". A copy of the entries is taken in one step.
"""

import importlib.abc
import importlib.machinery
import sys
import time

MODULE = "ministack.services.sqs"


def _prune_dedup(queue):
    now = time.time()
    entries = list(queue["dedup_cache"].items())
    queue["dedup_cache"] = {key: entry for key, entry in entries if entry["expire"] > now}


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != MODULE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            assert hasattr(module, "_prune_dedup"), "this MiniStack is another one: look at what this file is for"
            module._prune_dedup = _prune_dedup

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, _Finder())
