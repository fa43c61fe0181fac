// The main job with fetch: ask, review, approve, wait. Without a message: approve whatever is pending.

const base = process.env.LEXI_URL;
const headers = { Authorization: `Bearer ${process.env.LEXI_KEY}`, 'Content-Type': 'application/json' };

async function call(method, path, body) {
  const response = await fetch(`${base}/v1/lexi/${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) {
    throw new Error(`${response.status}: ${await response.text()}`);
  }
  return (await response.json()).data;
}

const tasks = async (status) => (await call('GET', `tasks?status=${status}`)).tasks;
const approve = (id) => call('POST', `tasks/${id}/approve`);

async function approveAll() {
  for (const task of await tasks('pending')) {
    if (task.type === 'prospect_search') {
      console.log(`auto-approved: ${task.id} ${(await approve(task.id)).status}`);
    }
  }
}

async function main(message) {
  const told = await call('POST', 'chat', { message });
  if (!told.requires_approval) {
    throw new Error(`nothing to approve: ${told.response}`);
  }
  console.log(`created: ${told.task_id}`);
  const shown = (await tasks('pending')).find((task) => task.id === told.task_id);
  console.log(`pending: ${shown.description}`);
  console.log(`query: ${shown.metadata.query}`);
  const decided = await approve(told.task_id);
  console.log(`approved: ${decided.status} ${decided.execution_started}`);
  for (let tries = 0; tries < 600; tries += 1) {
    if ((await tasks('completed')).some((task) => task.id === told.task_id)) {
      console.log(`completed: ${told.task_id}`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the task was not completed');
}

const message = process.argv[2];
await (message === undefined ? approveAll() : main(message));
