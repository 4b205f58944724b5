// Validates model files by a JSON Schema, without lngraph: `node validate.js SCHEMA FILE...` prints a line for each file, `valid FILE` or
// `wrong FILE: WHERE WHY`. Needs the packages ajv and yaml.
const { readFileSync } = require("fs");
const Ajv = require("ajv/dist/2020");
const YAML = require("yaml");

const [schema, ...files] = process.argv.slice(2);
const validate = new Ajv({ strictTypes: false }).compile(JSON.parse(readFileSync(schema, "utf8")));
for (const file of files) {
  let content;
  try {
    content = YAML.parse(readFileSync(file, "utf8"), { logLevel: "silent" });
  } catch (error) {
    console.log(`wrong ${file}: ${error.message.split("\n")[0]}`);
    continue;
  }
  if (validate(content)) console.log(`valid ${file}`);
  else console.log(`wrong ${file}: ${validate.errors.map((e) => `${e.instancePath || "/"} ${e.message}`).join("; ")}`);
}
