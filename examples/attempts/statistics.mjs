// A task in JavaScript: what can be said of some numbers.
//
//   inputs   values: list[float], title: str
//   outputs  mean: float, extremes: dict[str, float], report: File
//
// It keeps to the attempt contract (docs/attempts.md), with a storage that is a folder.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const EXPIRED = 75;
const REFUSED = 76;

function statistics({ values, title }, outputs) {
  if (!Array.isArray(values)) throw new Error("the values are too many: they are in the storage");
  if (values.length === 0) throw new Error("there are no values");
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const extremes = { least: Math.min(...values), most: Math.max(...values) };
  const report = `${outputs}/report.txt`;
  mkdirSync(fileURLToPath(outputs), { recursive: true });
  writeFileSync(new URL(report), `${title}: ${mean} (${extremes.least} to ${extremes.most})\n`);
  return { mean, extremes, report };
}

// Complete or not at all, and never over another one.
function leave(uri, outcome) {
  const path = fileURLToPath(uri);
  const part = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(part, JSON.stringify(outcome));
  try {
    linkSync(part, path);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    console.error("there is an outcome already");
  } finally {
    rmSync(part);
  }
}

const invocation = JSON.parse(readFileSync(new URL(process.env.VOLERY_INVOCATION), "utf8"));
if (invocation.contract !== 1) process.exit(REFUSED);
if (invocation.expires && Date.now() / 1000 > invocation.expires) process.exit(EXPIRED);

const started = Date.now() / 1000;
console.log(`attempt ${invocation.attempt} of ${invocation.path}`);
try {
  const outputs = statistics(invocation.inputs, invocation.outputs);
  leave(invocation.outcome, { outputs, started, ended: Date.now() / 1000 });
} catch (error) {
  const failure = { code: error.name, kind: "USER", message: error.message };
  leave(invocation.outcome, { failure, started, ended: Date.now() / 1000 });
  process.exitCode = 1;
}
