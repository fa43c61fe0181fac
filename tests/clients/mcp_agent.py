"""An agent that uses Lexi's tools by the official client of the Model Context Protocol.

    LEXI_URL=… LEXI_KEY=… python3 mcp_agent.py http|stdio [TASK_ID PLAN_HASH]

Without a task it lists the tools, asks, lists, shows and watches, and prints each answer as a line of JSON. With a task
it tries to approve it. `stdio` starts LEXI_PROGRAM mcp; `http` speaks to LEXI_URL/mcp.
"""

import asyncio
import json
import os
import sys

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

URL, KEY = os.environ["LEXI_URL"], os.environ["LEXI_KEY"]


def said(what, result):
    print(json.dumps({"tool": what, "is_error": bool(result.is_error), "answer": result.structured_content}), flush=True)
    return result.structured_content


async def work(client, task):
    if task:
        said("approve_task", await client.call_tool("approve_task", {"task_id": task[0], "plan_hash": task[1]}))
        said("watch_task", await client.call_tool("watch_task", {"task_id": task[0], "wait_seconds": 5}))
        return
    tools = await client.list_tools()
    print(json.dumps({"tools": sorted(tool.name for tool in tools.tools)}), flush=True)
    asked = said("ask", await client.call_tool("ask", {"message": "Find 3 CEOs at law firms in California"}))
    said("list_tasks", await client.call_tool("list_tasks", {"status": "pending"}))
    task_id = asked["data"]["task_id"]
    shown = said("show_task", await client.call_tool("show_task", {"task_id": task_id}))
    said("watch_task", await client.call_tool("watch_task", {"task_id": task_id, "wait_seconds": 1}))
    own = {"task_id": task_id, "plan_hash": shown["data"]["plan_hash"]}
    said("approve_task", await client.call_tool("approve_task", own))


async def main():
    how, task = sys.argv[1], sys.argv[2:]
    if how == "stdio":
        environment = {"LEXI_URL": URL, "LEXI_KEY": KEY, "PATH": os.environ["PATH"]}
        server = StdioServerParameters(command=os.environ["LEXI_PROGRAM"], args=["mcp"], env=environment)
        async with Client(server) as client:
            await work(client, task)
        return
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx2.AsyncClient(headers=headers, trust_env=False, timeout=30) as http:
        async with Client(streamable_http_client(f"{URL}/mcp", http_client=http)) as client:
            await work(client, task)


asyncio.run(main())
