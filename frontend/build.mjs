// Builds what the browser loads: frontend/src/*.ts -> dist/*.js, the two style sheets, the icon sprite.
// node frontend/build.mjs            once, minified
// node frontend/build.mjs --watch    again on every change of src/, templates or icons.txt
import { existsSync, mkdirSync, readFileSync, readdirSync, watch, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { purge, wordsOf } from "./purge.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const SRC = join(HERE, "src");
const DIST = join(HERE, "dist");
// Chromium 100: domestic desktops; what it cannot do must not be shipped.
const TARGET = "chrome100";

// Codecs compiled by Emscripten name Node's modules on a branch that a browser never takes.
const withoutNode = {
  name: "without-node",
  setup(build) {
    build.onResolve({ filter: /^(fs|path|zlib|url|module|worker_threads)$/ }, (args) => ({ path: args.path, namespace: "absent" }));
    build.onLoad({ filter: /.*/, namespace: "absent" }, () => ({ contents: "module.exports = {}" }));
  },
};

async function scripts() {
  const entries = readdirSync(SRC).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));
  await esbuild.build({
    entryPoints: entries.map((name) => join(SRC, name)),
    outdir: DIST,
    bundle: true,
    minify: true,
    format: "esm",
    target: TARGET,
    platform: "browser",
    mainFields: ["browser", "module", "main"],
    loader: { ".wasm": "file" },
    assetNames: "[name]", // the codecs ask for their WebAssembly by name
    publicPath: "/static/dist",
    define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
    plugins: [withoutNode],
    legalComments: "none",
    logLevel: "warning",
  });
  return entries.length;
}

async function styles() {
  const tokens = readFileSync(join(SRC, "tokens.css"), "utf8");
  const tabler = readFileSync(join(HERE, "node_modules/@tabler/core/dist/css/tabler.min.css"), "utf8");
  const small = async (css) => (await esbuild.transform(css, { loader: "css", minify: true, target: TARGET })).code;
  writeFileSync(join(DIST, "tokens.css"), await small(tokens));
  writeFileSync(join(DIST, "tabler.min.css"), purge(tabler, wordsOf(ROOT)));
}

function icon(name) {
  const file = join(HERE, "node_modules/@tabler/icons/icons/outline", `${name}.svg`);
  if (!existsSync(file)) throw new Error(`icons.txt names an icon that Tabler does not have: ${name}`);
  const inside = readFileSync(file, "utf8").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
  const shapes = inside.replace(/<path stroke="none"[^>]*\/>/g, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
}

function sprite() {
  const lines = readFileSync(join(HERE, "icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const names = [...new Set(lines)].sort();
  writeFileSync(join(DIST, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${names.map(icon).join("")}</svg>`);
  return names.length;
}

async function build() {
  mkdirSync(DIST, { recursive: true });
  const counts = [await scripts(), sprite()];
  await styles();
  console.log(`frontend: ${counts[0]} scripts, ${counts[1]} icons, 2 style sheets in ${basename(HERE)}/dist`);
}

await build();
if (process.argv.includes("--watch")) {
  let timer;
  const again = () => { clearTimeout(timer); timer = setTimeout(() => build().catch((error) => console.error(error.message)), 150); };
  watch(SRC, { recursive: true }, again);
  watch(join(HERE, "icons.txt"), again);
}
