"""The main job with requests: ask, review, approve, wait. Without a message: approve whatever is pending."""

import os
import sys
import time

import requests

BASE = os.environ["LEXI_URL"]
HEADERS = {"Authorization": "Bearer " + os.environ["LEXI_KEY"], "Content-Type": "application/json"}


def answered(response):
    if not response.ok:
        sys.exit(f"{response.status_code}: {response.text}")
    return response.json()["data"]


def tasks(status):
    # The page's clients send a content type with their GETs as well.
    return answered(requests.get(f"{BASE}/v1/lexi/tasks", headers=HEADERS, params={"status": status}))["tasks"]


def approve(task_id):
    return answered(requests.post(f"{BASE}/v1/lexi/tasks/{task_id}/approve", headers=HEADERS))


def approve_all():
    for task in tasks("pending"):
        if task["type"] == "prospect_search":
            print("auto-approved:", task["id"], approve(task["id"])["status"])


def main(message):
    told = answered(requests.post(f"{BASE}/v1/lexi/chat", headers=HEADERS, json={"message": message}))
    if not told["requires_approval"]:
        sys.exit(f"nothing to approve: {told['response']}")
    task_id = told["task_id"]
    print("created:", task_id)
    for task in tasks("pending"):
        if task["id"] == task_id:
            print("pending:", task["description"])
            print("query:", task["metadata"]["query"])
    decided = approve(task_id)
    print("approved:", decided["status"], decided["task_id"] == task_id, decided["execution_started"])
    for _ in range(600):
        if any(task["id"] == task_id for task in tasks("completed")):
            print("completed:", task_id)
            return
        time.sleep(0.1)
    sys.exit("the task was not completed")


if len(sys.argv) > 1:
    main(sys.argv[1])
else:
    approve_all()
