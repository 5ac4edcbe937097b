#include "flowgraph/history_page.h"

namespace weft::flowgraph {

// Layout: blocks come in reverse postorder; a block's layer is one below its lowest predecessor
// that precedes it in that order, and within a layer blocks are sorted by the mean position of
// their predecessors (one sweep of the barycentre method). Back edges run up at the right side.
const char kHistoryPage[] = R"page(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Weft flow graph</title>
<style>
:root { --ink:#1d2733; --soft:#6b7785; --line:#c9d1da; --paper:#fff; --back:#f4f6f8; --new:#d9f2dd;
        --hit:#ffe9a8; --accent:#1f5fae; }
@media (prefers-color-scheme: dark) { :root { --ink:#dfe6ee; --soft:#8d99a6; --line:#3a4653;
        --paper:#1b222a; --back:#12171c; --new:#1f4a2b; --hit:#6a5210; --accent:#7db3f2; } }
* { box-sizing:border-box; }
body { margin:0; color:var(--ink); background:var(--back); font:13px/1.45 system-ui,sans-serif;
       display:grid; grid-template:auto 1fr auto / 230px 1fr; height:100vh; }
header { grid-column:1/3; padding:8px 14px; background:var(--paper); border-bottom:1px solid var(--line);
         display:flex; gap:16px; align-items:center; }
header h1 { font-size:15px; margin:0; font-weight:600; }
header .grow { flex:1; }
input { font:inherit; color:inherit; background:var(--back); border:1px solid var(--line); border-radius:4px;
        padding:4px 8px; width:240px; }
nav { overflow:auto; border-right:1px solid var(--line); background:var(--paper); padding:6px 0; }
nav button { display:block; width:100%; text-align:left; font:inherit; color:inherit; background:none; border:0;
             padding:3px 14px; cursor:pointer; border-left:3px solid transparent; }
nav button.same { color:var(--soft); }
nav button.on { border-left-color:var(--accent); background:var(--back); font-weight:600; }
nav h2 { font-size:11px; letter-spacing:.05em; text-transform:uppercase; color:var(--soft); margin:10px 14px 2px; }
main { overflow:auto; position:relative; }
#graph { position:relative; margin:20px; }
svg { position:absolute; left:0; top:0; overflow:visible; pointer-events:none; }
.block { position:absolute; background:var(--paper); border:1px solid var(--line); border-radius:6px; min-width:120px;
         font:12px/1.5 ui-monospace,monospace; white-space:pre; }
.block.cold { opacity:.72; border-style:dashed; }
.block h3 { font:inherit; font-weight:600; margin:0; padding:3px 8px; border-bottom:1px solid var(--line); }
.block div { padding:0 8px; } .block div:last-child { padding-bottom:3px; }
.block .exit { color:var(--accent); }
.new { background:var(--new); } .hit { background:var(--hit); }
.use { outline:1px solid var(--accent); border-radius:3px; }
footer { grid-column:1/3; border-top:1px solid var(--line); background:var(--paper); padding:6px 14px; min-height:64px;
         max-height:26vh; overflow:auto; font:12px/1.5 ui-monospace,monospace; white-space:pre-wrap; }
footer .at { color:var(--soft); }
footer .gone { color:var(--soft); text-decoration:line-through; }
path { fill:none; stroke:var(--soft); stroke-width:1.2; } path.exception { stroke:#c4473a; stroke-dasharray:4 3; }
path.true { stroke:#2f8a4c; } path.false { stroke:#b4632a; }
text { font:11px ui-monospace,monospace; fill:var(--soft); }
</style></head><body>
<header><h1 id="title"></h1><span id="about"></span><span class="grow"></span>
<input id="search" type="search" placeholder="Search operations, values, source"></header>
<nav id="steps"></nav><main><div id="graph"></div></main><footer id="details"></footer>
<script>
"use strict";
const data = /*DATA*/;
const at = id => document.getElementById(id);
const make = (tag, cls, text) => { const e = document.createElement(tag); if (cls) e.className = cls;
  if (text !== undefined) e.textContent = text; return e; };
const svg = (tag, attributes) => { const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const k in attributes) e.setAttribute(k, attributes[k]); return e; };
// An unchanged step shows what the step before it left.
let last = [];
for (const s of data.steps) { if (s.changed) last = s.blocks; else s.blocks = last; }
const rowsOf = s => s.blocks.flatMap(b => b.rows.map(r => r.text));
const count = list => { const m = new Map(); for (const x of list) m.set(x, (m.get(x) || 0) + 1); return m; };
let current = 0;

function difference(index) {
  const before = count(index > 0 ? rowsOf(data.steps[index - 1]) : []);
  const gone = new Map(before), fresh = new Set();
  data.steps[index].blocks.forEach(b => b.rows.forEach(r => {
    const left = gone.get(r.text) || 0;
    if (left > 0) gone.set(r.text, left - 1); else fresh.add(r);
  }));
  return { fresh, gone: [...gone].filter(([, n]) => n > 0).map(([t]) => t) };
}

function layout(blocks) {
  const index = new Map(blocks.map((b, i) => [b.id, i]));
  const layer = blocks.map(() => 0), before = blocks.map(() => []);
  blocks.forEach((b, i) => b.edges.forEach(e => { const t = index.get(e.to);
    if (t > i) before[t].push(i); }));
  blocks.forEach((b, i) => before[i].forEach(p => { layer[i] = Math.max(layer[i], layer[p] + 1); }));
  const layers = [];
  blocks.forEach((b, i) => (layers[layer[i]] = layers[layer[i]] || []).push(i));
  const place = blocks.map(() => 0);
  for (const l of layers) {
    const mean = i => before[i].length ? before[i].reduce((s, p) => s + place[p], 0) / before[i].length : 0;
    l.sort((a, b) => mean(a) - mean(b) || a - b);
    let x = 0;
    for (const i of l) { x = Math.max(x, mean(i) - blocks[i].w / 2); place[i] = x + blocks[i].w / 2; x += blocks[i].w + 40; }
  }
  let y = 0, width = 0;
  for (const l of layers) {
    let height = 0;
    for (const i of l) { blocks[i].x = place[i] - blocks[i].w / 2; blocks[i].y = y;
      height = Math.max(height, blocks[i].h); width = Math.max(width, blocks[i].x + blocks[i].w); }
    y += height + 56;
  }
  return { width, height: y };
}

function show(index) {
  current = index;
  const step = data.steps[index], graph = at("graph"), { fresh, gone } = difference(index);
  graph.replaceChildren();
  [...at("steps").querySelectorAll("button")].forEach((b, i) => b.classList.toggle("on", i === index));
  at("about").textContent = `${step.name}, stage ${step.stage}: ${step.blocks.length} blocks, ` +
    `${rowsOf(step).length} rows, ${fresh.size} new, ${gone.length} gone`;
  at("details").replaceChildren(...(gone.length ? [make("span", "at", "Gone since the step before:\n"),
    ...gone.map(t => make("span", "gone", t + "\n"))] : [make("span", "at", "Hover an operation to see its source line and what is known.")]));
  const needle = at("search").value.trim().toLowerCase();
  for (const b of step.blocks) {
    const box = make("div", "block" + (b.cold ? " cold" : ""));
    const head = make("h3", "", b.header.text);
    head.onmouseenter = () => details(b.header);
    box.append(head);
    b.rows.forEach((r, i) => {
      const row = make("div", (i === b.rows.length - 1 ? "exit" : "") + (fresh.has(r) && index > 0 ? " new" : ""));
      for (const part of r.text.split(/(%\d+)/)) {
        if (part[0] === "%") { const v = make("span", "", part); v.dataset.value = part;
          v.onmouseenter = () => marks(part, true); v.onmouseleave = () => marks(part, false); row.append(v); }
        else row.append(part);
      }
      if (needle && (r.text + (r.source || "") + (r.known || "")).toLowerCase().includes(needle)) row.classList.add("hit");
      row.onmouseenter = () => details(r);
      box.append(row);
    });
    graph.append(box); b.box = box; b.w = box.offsetWidth; b.h = box.offsetHeight;
  }
  const size = layout(step.blocks);
  for (const b of step.blocks) { b.box.style.left = b.x + "px"; b.box.style.top = b.y + "px"; }
  const lines = svg("svg", { width: size.width + 200, height: size.height });
  const defs = svg("defs", {}), arrow = svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4,
    markerWidth: 7, markerHeight: 7, orient: "auto" });
  arrow.append(svg("path", { d: "M0,0 L8,4 L0,8 z", style: "fill:var(--soft);stroke:none" }));
  defs.append(arrow); lines.append(defs);
  const byId = new Map(step.blocks.map(b => [b.id, b]));
  let back = 0;
  for (const b of step.blocks) b.edges.forEach((e, i) => {
    const t = byId.get(e.to); if (!t) return;
    const x1 = b.x + b.w * (i + 1) / (b.edges.length + 1), y1 = b.y + b.h, x2 = t.x + t.w / 2, y2 = t.y;
    let d;
    if (y2 > y1) d = `M${x1},${y1} C${x1},${y1 + 30} ${x2},${y2 - 30} ${x2},${y2}`;
    else { const right = size.width + 20 + 10 * back++;
      d = `M${x1},${y1} C${x1},${y1 + 30} ${right},${y1 + 30} ${right},${(y1 + y2) / 2} S${x2},${y2 - 36} ${x2},${y2}`; }
    lines.append(svg("path", { d, class: e.kind, "marker-end": "url(#arrow)" }));
    const word = [e.kind === "jump" || e.kind === "case" ? "" : e.kind, e.label].filter(x => x).join(" ");
    if (word) { const label = svg("text", { x: x1 + 4, y: y1 + 13 + 12 * (i % 3) });
      label.textContent = word.length > 40 ? word.slice(0, 39) + "…" : word; lines.append(label); }
  });
  graph.prepend(lines);
  graph.style.width = size.width + 240 + "px"; graph.style.height = size.height + "px";
  location.hash = index;
}
function marks(value, on) {
  document.querySelectorAll(`[data-value="${value}"]`).forEach(e => e.classList.toggle("use", on));
}
function details(r) {
  at("details").replaceChildren(make("span", "", r.text + "\n"), make("span", "at", (r.at || "no source line") + "\n"),
    make("span", "", (r.source || "").trim() + "\n"), make("span", "", r.known || ""));
}
at("title").textContent = data.function;
document.title = data.function + " - Weft";
let stage = "";
data.steps.forEach((s, i) => {
  if (s.stage !== stage) { stage = s.stage; at("steps").append(make("h2", "", stage)); }
  const b = make("button", s.changed ? "" : "same", s.name); b.onclick = () => show(i); at("steps").append(b);
});
at("search").oninput = () => show(current);
addEventListener("keydown", e => { if (e.target.tagName === "INPUT") return;
  if (e.key === "ArrowDown" || e.key === "j") { show(Math.min(current + 1, data.steps.length - 1)); e.preventDefault(); }
  if (e.key === "ArrowUp" || e.key === "k") { show(Math.max(current - 1, 0)); e.preventDefault(); } });
show(Math.min(+location.hash.slice(1) || 0, data.steps.length - 1));
</script></body></html>
)page";

}  // namespace weft::flowgraph
