// Keeps of Tabler's style sheet what our pages name, in colours every engine since Chromium 100 knows.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const NEW_COLOURS = /oklch\(|color-mix\(|light-dark\(|:has\(/;
const SKIP = new Set(["node_modules", "dist", "var", "locale", "migrations", "staticfiles", "__pycache__", "tests", "kernel", "fixtures", "management", "benchmarks", "docs"]);

// Where a class can be named: the class attribute of a template (tags inside it have quotes of their own), a string of a script or of Python.
const PLACES = {
  html: /class="((?:\{%.*?%\}|\{\{.*?\}\}|[^"])*)"/gs,
  ts: /"([^"\n]*)"|'([^'\n]*)'|`([^`]*)`/g,
  py: /"([^"\n]*)"|'([^'\n]*)'/g,
};

function wordsIn(path, words) {
  const place = PLACES[path.slice(path.lastIndexOf(".") + 1)];
  if (!place) return;
  for (const found of readFileSync(path, "utf8").matchAll(place))
    for (const word of (found[1] ?? found[2] ?? found[3] ?? "").match(/[A-Za-z][\w-]*/g) ?? []) words.add(word);
}

/** Every word that may be a class: one not among them is named nowhere. Tests and commands show no pages. */
export function wordsOf(root) {
  const words = new Set();
  const visit = (folder) => {
    for (const name of readdirSync(folder)) {
      if (name.startsWith(".") || SKIP.has(name)) continue;
      const path = join(folder, name);
      if (statSync(path).isDirectory()) visit(path);
      else wordsIn(path, words);
    }
  };
  visit(root);
  return words;
}

/** Splits a sheet into [head, body] at the outermost braces; a statement such as @charset has no body. */
function* blocks(css) {
  let start = 0, open = -1, depth = 0;
  for (let i = 0; i < css.length; i++) {
    const c = css[i];
    if (c === '"' || c === "'") { i = endOfString(css, i); continue; }
    if (c === "/" && css[i + 1] === "*") { i = css.indexOf("*/", i + 2) + 1; continue; }
    if (c === "{" && depth++ === 0) open = i;
    else if (c === "}" && --depth === 0) { yield [css.slice(start, open).trim(), css.slice(open + 1, i)]; start = i + 1; }
    else if (c === ";" && depth === 0) { yield [css.slice(start, i).trim(), null]; start = i + 1; }
  }
}

function endOfString(css, at) {
  for (let i = at + 1; i < css.length; i++) {
    if (css[i] === "\\") i++;
    else if (css[i] === css[at]) return i;
  }
  return css.length;
}

/** Splits at `mark` outside parentheses and strings. */
function split(text, mark) {
  const parts = [];
  let depth = 0, start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"' || c === "'") i = endOfString(text, i);
    else if (c === "(" || c === "[") depth++;
    else if (c === ")" || c === "]") depth--;
    else if (c === mark && depth === 0) { parts.push(text.slice(start, i)); start = i + 1; }
  }
  return [...parts, text.slice(start)];
}

/** A selector stays when each class in it is named somewhere; what stands inside :not(...) does not count. */
function named(selector, words) {
  if (selector.includes(":has(")) return false;
  const bare = selector.replace(/:not\([^)]*\)/g, "");
  const classes = bare.match(/\.(?:[\w-]|\\.)+/g) ?? [];
  return classes.every((name) => words.has(name.slice(1).replace(/\\/g, "")));
}

function declarations(body) {
  return split(body, ";").filter((one) => one.trim() && !NEW_COLOURS.test(one)).join(";");
}

function rule(head, body, words) {
  const selectors = split(head, ",").filter((one) => named(one, words));
  const kept = selectors.length ? declarations(body) : "";
  return kept ? `${selectors.join(",")}{${kept}}` : "";
}

/** Returns the part of `css` that pages using `words` can see. */
export function purge(css, words) {
  let out = "";
  for (const [head, body] of blocks(css.replace(/\/\*[\s\S]*?\*\//g, ""))) {
    if (body === null) { if (!head.startsWith("@charset")) out += `${head};`; }
    else if (/^@(media|supports|layer|container)/.test(head)) {
      const inner = NEW_COLOURS.test(head) ? "" : purge(body, words);
      if (inner) out += `${head}{${inner}}`;
    } else if (head.startsWith("@")) out += `${head}{${body}}`;
    else out += rule(head, body, words);
  }
  return out;
}
