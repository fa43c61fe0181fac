"""An agent that asks for approval by the published client of the Agent Approval Protocol.

    LEXI_URL=… LEXI_KEY=… python3 approval_protocol.py CALL_KEY

Asks for one call, waits for the decision, runs it if it may, reports how it ended, and asks for the same call again.
Prints each verdict as a line.
"""

import os
import sys

import httpx
from agentapprovalprotocol import Call, Client, Gate

http = httpx.Client(timeout=40.0, follow_redirects=False, trust_env=False)
client = Client(os.environ["LEXI_URL"] + "/v1/aap", os.environ["LEXI_KEY"], http=http)
gate = Gate(client, timeout="10m")
call = Call(
    key=sys.argv[1],
    tool="send_refund",
    server="billing",
    arguments={"invoice": "A-17", "amount": 120.5, "lines": [1, 2, 3], "final": True},
    reasoning="The client was billed twice.",
    context={"matter": "Müller v. Example"},
)
print("asking", flush=True)
with gate.guard(call) as verdict:
    print("allowed" if verdict else f"denied: {verdict.status}", flush=True)
again = gate.check(call)
print("again: allowed" if again else f"again: {again.status}", flush=True)
