// What `run_scenarios.py` reads: OUT/<spec>/openapi*.json, and OUT/scenarios.json with the requests and answers that the
// scenarios expect. Run it where the npm packages are: node export.mjs OUT
import { createRequire } from "module";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "fs";
import path from "path";
import { pathToFileURL } from "url";

const from = createRequire(path.resolve("package.json"));
const load = async name => import(pathToFileURL(from.resolve(name)));
const { compile, NodeHost } = await load("@typespec/compiler");
const { getOpenAPI3 } = await load("@typespec/openapi3");
const root = path.resolve("node_modules/@typespec/http-specs"), out = path.resolve(process.argv[2]);
const write = (place, value) => {
  mkdirSync(path.dirname(path.join(out, place)), { recursive: true });
  writeFileSync(path.join(out, place), JSON.stringify(value, (_, one) => typeof one === "function" ? undefined : one, 1));
};
const files = (directory, name) => readdirSync(directory).flatMap(one => {
  const place = path.join(directory, one);
  return statSync(place).isDirectory() ? files(place, name) : one === name ? [place] : [];
});

// Of a parameter called `constructor` the emitter takes Object itself for the examples, and has to find it empty.
Object.defineProperty(Object, "length", { value: 0 });

for (const main of files(path.join(root, "specs"), "main.tsp")) {
  const spec = path.relative(path.join(root, "specs"), path.dirname(main));
  for (const record of await getOpenAPI3(await compile(NodeHost, main, { noEmit: true }), { "openapi-versions": ["3.1.0"] })) {
    for (const one of record.versioned ? record.versions : [record]) {
      write(path.join(spec, one.version ? `openapi.${one.version}.json` : "openapi.json"), one.document);
      for (const { code, message, severity } of one.diagnostics)
        if (severity === "error") console.log(`${spec}: ${code}: ${message}`); // `tsp compile` would write no document
    }
  }
}

const address = { baseUrl: "http://127.0.0.1:3200" };
const raw = value => Buffer.isBuffer(value) ? { base64: value.toString("base64") }
  : value?.serialize ? value.serialize(address) : typeof value === "string" ? value : null;
const body = one => one && { ...one, rawContent: undefined, raw: raw(one.rawContent),
  files: one.files?.map(file => ({ ...file, buffer: file.buffer.toString("base64") })) };
const side = one => one && { ...one, body: body(one.body) };
const scenarios = [];
for (const mock of files(path.join(root, "dist", "specs"), "mockapi.js")) {
  const spec = path.relative(path.join(root, "dist", "specs"), path.dirname(mock));
  for (const [name, { apis }] of Object.entries((await import(pathToFileURL(mock))).Scenarios))
    scenarios.push({ name, spec, apis: apis.map(({ uri, method, request, response }) =>
      ({ uri, method, request: side(request), response: side(response) })) });
}
write("scenarios.json", scenarios);
