"""Move tasks of SQS, which MiniStack 1.5.33 does not know: what the console's "Start DLQ redrive" calls.

A task is over when its call returns. As on AWS a moved message is a new one, with an id, an enqueue time and a count of
receives of its own; what is in flight stays; and of a message that was sent straight into its DLQ nobody knows where it
came from: without a destination the task ends at it as FAILED, with the reason that AWS gives.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
"""

import base64
import json
import time

# AWS lists the last ten of a queue.
LISTED = 10

_tasks = {}


def install(module, locked):
    """Adds the calls to the handlers of MiniStack's SQS; `locked` holds its lock around a function."""

    def is_dlq(arn):
        policies = (queue["attributes"].get("RedrivePolicy") for queue in module._queues.values())
        return any(json.loads(policy).get("deadLetterTargetArn") == arn for policy in policies if policy)

    def queue_of(arn, parameter):
        queue = module._queue_by_arn(arn)
        if queue is None:
            text = f"The resource that you specified for the {parameter} parameter doesn't exist."
            raise module._Err("ResourceNotFoundException", text, 404)
        return queue

    def send(queue, message):
        data = {
            "QueueUrl": queue["url"],
            "MessageBody": message["body"],
            "MessageAttributes": message.get("message_attributes") or {},
        }
        if queue["is_fifo"]:
            data.update(MessageGroupId=message["group_id"], MessageDeduplicationId=message["id"])
        module._act_send_message(data, queue["url"])

    def move(source, destination):
        """Answers how many messages went, and why it went no further."""
        moved = 0
        for message in list(source["messages"]):
            module._ensure_msg_fields(message)
            if message["visible_at"] > time.time():
                continue
            target = destination
            if target is None:
                origin = message["sys"].get("DeadLetterQueueSourceArn")
                if origin is None:
                    return moved, "CouldNotDetermineMessageSource"
                target = module._queue_by_arn(origin)
            if target is None:
                return moved, "AWS.SimpleQueueService.NonExistentQueue"
            send(target, message)
            source["messages"] = [each for each in source["messages"] if each is not message]
            moved += 1
        return moved, None

    def start(data, _url):
        source_arn = data.get("SourceArn", "")
        source = queue_of(source_arn, "SourceArn")
        if not is_dlq(source_arn):
            text = "Source queue must be configured as a Dead Letter Queue."
            raise module._Err("InvalidParameterValue", text)
        destination_arn = data.get("DestinationArn")
        destination = queue_of(destination_arn, "DestinationArn") if destination_arn else None
        if destination is not None and destination["is_fifo"] != source["is_fifo"]:
            text = "Source and destination queues must be of the same type."
            raise module._Err("InvalidParameterValue", text)
        waiting = len(source["messages"])
        moved, failure = move(source, destination)
        task = {
            "SourceArn": source_arn,
            "Status": "FAILED" if failure else "COMPLETED",
            "ApproximateNumberOfMessagesMoved": moved,
            "ApproximateNumberOfMessagesToMove": waiting,
            "StartedTimestamp": int(time.time() * 1000),
        }
        if destination_arn:
            task["DestinationArn"] = destination_arn
        if data.get("MaxNumberOfMessagesPerSecond"):
            task["MaxNumberOfMessagesPerSecond"] = int(data["MaxNumberOfMessagesPerSecond"])
        if failure:
            task["FailureReason"] = failure
        _tasks[source_arn] = [task, *_tasks.get(source_arn, [])][:LISTED]
        handle = {"taskId": module.new_uuid(), "sourceArn": source_arn}
        return {"TaskHandle": base64.b64encode(json.dumps(handle).encode()).decode()}

    def listing(data, _url):
        source_arn = data.get("SourceArn", "")
        queue_of(source_arn, "SourceArn")
        return {"Results": _tasks.get(source_arn, [])[: int(data.get("MaxResults") or 1)]}

    def cancel(data, _url):
        text = "Only active tasks can be cancelled."
        raise module._Err("ResourceNotFoundException", text, 404)

    module._HANDLERS.update(
        StartMessageMoveTask=locked(start), ListMessageMoveTasks=listing, CancelMessageMoveTask=cancel
    )
