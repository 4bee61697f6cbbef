// The whole way through the API with the unmodified `openai` package from npm.
// node journey.mjs ADDRESS TRAINING_FILE: prints what was seen as one line of JSON.
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [address, training, packages] = process.argv.slice(2);
const { default: OpenAI } = await import(pathToFileURL(`${packages}/openai/index.mjs`));
const client = new OpenAI({ baseURL: `${address}/v1`, apiKey: "any", maxRetries: 0 });
const seen = {};

const file = await client.files.create({ file: fs.createReadStream(training), purpose: "fine-tune" });
seen.file = [file.object, file.purpose, file.bytes === fs.statSync(training).size];
seen.content = (await (await client.files.content(file.id)).text()) === fs.readFileSync(training, "utf8");

const job = await client.fineTuning.jobs.create({
  model: "tiny",
  training_file: file.id,
  suffix: "from-node",
  seed: 7,
  metadata: { by: "node" },
  method: { type: "supervised", supervised: { hyperparameters: { n_epochs: 2, batch_size: 4 } } },
});
seen.job = [job.object, job.seed, job.metadata, job.training_file === file.id];

let now = job;
const until = Date.now() + 120_000;
while (!["succeeded", "failed", "cancelled"].includes(now.status)) {
  if (Date.now() > until) throw new Error(`the job is ${now.status} after two minutes`);
  await new Promise((done) => setTimeout(done, 200));
  now = await client.fineTuning.jobs.retrieve(job.id);
}
seen.status = now.status;
seen.error = now.error;
seen.model = now.fine_tuned_model;

seen.events = [];
for await (const event of client.fineTuning.jobs.listEvents(job.id)) seen.events.push(event.type);
seen.checkpoints = [];
for await (const one of client.fineTuning.jobs.checkpoints.list(job.id))
  seen.checkpoints.push([one.step_number, typeof one.metrics.train_loss]);
seen.csv = (await (await client.files.content(now.result_files[0])).text()).split("\n")[0];

const asked = { model: now.fine_tuned_model, messages: [{ role: "user", content: "one" }], max_completion_tokens: 8 };
const whole = await client.chat.completions.create(asked);
seen.chat = [whole.object, whole.choices[0].message.role, whole.usage.completion_tokens > 0];
let text = "";
let finish = null;
for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) {
  text += chunk.choices[0]?.delta?.content ?? "";
  finish = chunk.choices[0]?.finish_reason ?? finish;
}
seen.streamed = text === whole.choices[0].message.content && finish === whole.choices[0].finish_reason;

// One job trains while another waits for its turn: that one is put off, taken up and given up.
const slow = { type: "supervised", supervised: { hyperparameters: { n_epochs: 50, batch_size: 1 } } };
const first = await client.fineTuning.jobs.create({ model: "tiny", training_file: file.id, method: slow });
const second = await client.fineTuning.jobs.create({ model: "tiny", training_file: file.id });
seen.held = [(await client.fineTuning.jobs.pause(second.id)).status];
seen.held.push(["queued", "validating_files"].includes((await client.fineTuning.jobs.resume(second.id)).status));
for (const one of [second, first]) await client.fineTuning.jobs.cancel(one.id);
for (const one of [second, first]) {
  let status = "";
  while (!["succeeded", "failed", "cancelled"].includes(status)) {
    if (Date.now() > until) throw new Error(`a cancelled job is ${status}`);
    await new Promise((done) => setTimeout(done, 100));
    status = (await client.fineTuning.jobs.retrieve(one.id)).status;
  }
  seen.held.push(status);
}

const vectors = await client.embeddings.create({ model: "builtin:minilm", input: ["a", "b"] });
seen.embeddings = [vectors.data.length, vectors.data[0].embedding.length];

seen.models = [];
for await (const model of client.models.list()) seen.models.push(model.id);

const failures = {
  NotFoundError: () => client.chat.completions.create({ ...asked, model: "nobody" }),
  BadRequestError: () => client.chat.completions.create({ ...asked, n: 3 }),
};
seen.errors = [];
for (const [name, call] of Object.entries(failures)) {
  try {
    await call();
    seen.errors.push(`${name}: nothing was raised`);
  } catch (error) {
    seen.errors.push(error instanceof OpenAI[name] ? name : `${name}: ${error.constructor.name}`);
  }
}
await client.files.delete(file.id);
console.log(JSON.stringify(seen));
