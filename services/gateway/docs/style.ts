/** How the page looks, by day and by night. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfaf8, #16181c);
  --paper: light-dark(#ffffff, #1e2127);
  --ink: light-dark(#1d2330, #e4e6eb);
  --quiet: light-dark(#667085, #98a1b3);
  --line: light-dark(#e4e2dd, #31353e);
  --accent: light-dark(#3457d5, #8ea6ff);
  --get: light-dark(#1f7a4d, #5fd39a);
  --post: light-dark(#3457d5, #8ea6ff);
  --change: light-dark(#a15c07, #f0b35c);
  --delete: light-dark(#b42318, #ff8a80);
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
body {
  margin: 0; display: grid; grid-template-columns: 19rem minmax(0, 1fr);
  background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, sans-serif;
}
code, output, textarea, input { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: 0.88em; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
small, .quiet { color: var(--quiet); font-weight: normal; }
nav {
  position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem 1.25rem;
  border-right: 1px solid var(--line); background: var(--paper);
}
nav h1 { margin: 0 0 1rem; font-size: 1.35rem; letter-spacing: -0.02em; }
nav h2 { margin: 1.25rem 0 0.35rem; font-size: 0.74rem; text-transform: uppercase; letter-spacing: 0.06em; color: var(--quiet); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: 0.2rem 0; color: var(--ink); }
main { max-width: 60rem; padding: 1.5rem 2.5rem 6rem; }
main h2 { margin: 2.25rem 0 0.75rem; font-size: 1.15rem; letter-spacing: -0.01em; }
h3 { margin: 0 0 0.5rem; font-size: 0.95rem; }
h4 { margin: 1.25rem 0 0.25rem; font-size: 0.9rem; }
.verb { display: inline-block; min-width: 3.4rem; font-size: 0.7rem; font-weight: 700; letter-spacing: 0.04em; color: var(--get); }
.verb.post { color: var(--post); }
.verb.put, .verb.patch { color: var(--change); }
.verb.delete { color: var(--delete); }
.route, .schema, #common { margin: 0 0 0.6rem; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); }
.schema, #common { padding: 0.9rem 1.1rem; }
#common h2 { margin: 0 0 0.6rem; font-size: 0.95rem; }
.route > summary { padding: 0.7rem 1.1rem; cursor: pointer; list-style: none; }
.route > summary::-webkit-details-marker { display: none; }
.route > summary .quiet { float: right; }
.route[open] > summary { border-bottom: 1px solid var(--line); }
.route > :not(summary) { margin-left: 1.1rem; margin-right: 1.1rem; }
.route > :last-child { margin-bottom: 1rem; }
.tag { padding: 0.1rem 0.55rem; border: 1px solid var(--line); border-radius: 99px; font-size: 0.75rem; color: var(--quiet); }
label { display: grid; grid-template-columns: 10.5rem minmax(0, 1fr); gap: 0.1rem 1rem; align-items: center; margin: 0.45rem 0; }
label small { grid-column: 2; font-size: 0.8rem; }
label.body { align-items: start; }
.must { color: var(--delete); margin-left: 0.2rem; }
input, textarea, select {
  width: 100%; padding: 0.4rem 0.6rem; border: 1px solid var(--line); border-radius: 7px;
  background: var(--ground); color: var(--ink);
}
textarea { resize: vertical; }
input:focus-visible, textarea:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
button {
  padding: 0.4rem 1.1rem; border: 0; border-radius: 7px; background: var(--accent); color: var(--paper);
  font: inherit; font-weight: 600; cursor: pointer;
}
button.stop { background: none; color: var(--quiet); border: 1px solid var(--line); font-weight: normal; }
button:disabled { visibility: hidden; }
output {
  display: block; max-height: 26rem; overflow: auto; padding: 0.8rem 1rem; border-radius: 8px; white-space: pre-wrap;
  overflow-wrap: anywhere; background: var(--ground); border-left: 3px solid var(--line);
}
output[hidden] { display: none; }
output.ok { border-left-color: var(--get); }
output.failed { border-left-color: var(--delete); }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
td { padding: 0.3rem 0.75rem 0.3rem 0; border-top: 1px solid var(--line); vertical-align: top; }
tr:first-child td { border-top: 0; }
td:first-child { width: 32%; }
td:last-child { color: var(--quiet); }
@media (max-width: 50rem) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1rem; }
  label { grid-template-columns: 1fr; }
  label small { grid-column: 1; }
}
`;
