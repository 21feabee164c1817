// Watches one jest worker from a process of its own, so that a run always ends and leaves no process behind.
//
// It is told on standard input which processes the worker starts (`+<pid>`), which have exited (`-<pid>`), that the
// worker's event loop still turns (`.`), and when to end all that was started (`!`). When the worker dies, input ends.

const { spawnSync } = require('node:child_process');
const { createInterface } = require('node:readline');

/**
 * After so many looks without a sign of life the worker is stuck in a loop that no timeout of jest can leave. They are
 * counted, not timed: the warden is as slow as the machine is, and sleeps when it sleeps.
 */
const PATIENCE = 60;
const LOOK_MS = 5_000;

const [worker, lookMs = LOOK_MS] = process.argv.slice(2).map(Number);
const started = new Set();
let silent = 0;

const TOLD = {
  '+': (pid) => started.add(pid),
  '-': (pid) => started.delete(pid),
  '!': () => endAll(),
  '.': () => undefined,
};

createInterface({ input: process.stdin })
  .on('line', (line) => {
    silent = 0;
    TOLD[line[0]]?.(Number(line.slice(1)));
  })
  .once('close', () => {
    endAll();
    process.exit();
  });

setInterval(() => {
  silent += 1;
  if (silent !== PATIENCE) return;
  process.stderr.write(
    `A test has blocked its event loop for ${(PATIENCE * lookMs) / 1_000} s: ending jest's worker.\n`,
  );
  kill(worker);
}, lookMs);

/** Ends what was started, and what that has started in turn. */
function endAll() {
  const children = childrenByParent();
  const familyOf = (pid) => [pid, ...(children.get(pid) ?? []).flatMap(familyOf)];
  [...started].flatMap(familyOf).forEach(kill);
  started.clear();
}

function childrenByParent() {
  const children = new Map();
  for (const [parent, pid] of started.size > 0 ? processes() : [])
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  return children;
}

/** The parent and the id of every process on this machine; none where there is no `ps`. */
function processes() {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' });
  const rows = stdout?.trim().split('\n') ?? [];
  return rows.map((row) => row.trim().split(/\s+/).map(Number));
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
