#!/usr/bin/env bash
# The main job with nothing but cURL: ask, review, approve, wait. Without a message: approve whatever is pending.
set -euo pipefail

call() { curl --silent --show-error --fail-with-body -H "Authorization: Bearer $LEXI_KEY" "$@"; }
# The first value of a text field in a JSON answer that holds no escaped quotes there.
field() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }
approve() {
    # A content type, and no body: what the published page sends.
    call -X POST "$LEXI_URL/v1/lexi/tasks/$1/approve" -H "Content-Type: application/json" | field status
}

if [ $# = 0 ]; then
    call "$LEXI_URL/v1/lexi/tasks?status=pending" | grep -o '"id":"[0-9a-f-]*","type":"prospect_search"' |
        cut -d '"' -f 4 | while read -r task; do
        echo "auto-approved: $task $(approve "$task")"
    done
    exit 0
fi

task=$(call -X POST "$LEXI_URL/v1/lexi/chat" -H "Content-Type: application/json" -d "{\"message\": \"$1\"}" | field task_id)
echo "created: $task"
call "$LEXI_URL/v1/lexi/tasks?status=pending" | grep -q "\"id\":\"$task\"" && echo "pending: $task"
echo "approved: $(approve "$task")"
for _ in $(seq 600); do
    if call "$LEXI_URL/v1/lexi/tasks?status=completed" | grep -q "\"id\":\"$task\""; then
        echo "completed: $task"
        exit 0
    fi
    sleep 0.1
done
echo "the task was not completed" >&2
exit 1
