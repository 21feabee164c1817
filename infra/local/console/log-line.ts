import pc from 'picocolors';

const COLORS = [pc.cyan, pc.magenta, pc.yellow, pc.blue, pc.green];
const LEVELS: Record<number, (text: string) => string> = { 40: pc.yellow, 50: pc.red, 60: pc.red };

/** Fields of every line of the kit's logs, and fields that are shown already. */
const SHOWN = new Set(['level', 'time', 'service', 'msg', 'pid', 'hostname']);

/** Makes a function that pads names to the same width and colours them by workload. */
export function createPrefix(names: string[]): (name: string) => string {
  const width = Math.max(0, ...names.map((name) => name.length));
  const workloads = [...new Set(names.map((name) => name.replace(/-\d+$/, '')))];
  return (name) => {
    const color = COLORS[Math.max(0, workloads.indexOf(name.replace(/-\d+$/, ''))) % COLORS.length] ?? pc.white;
    return color(name.padEnd(width));
  };
}

/** Formats an output line for people: a JSON log as its message and facts, any other line unchanged. */
export function formatLine(line: string): string {
  const entry = parse(line);
  if (!entry) return line;
  const stack = (entry['err'] as { stack?: string } | null | undefined)?.stack;
  const facts = Object.entries(entry).filter(([name]) => !SHOWN.has(name) && !(name === 'err' && stack));
  const text = facts.map(([name, value]) => `${pc.dim(`${name}=`)}${plain(value)}`).join(' ');
  const paint = LEVELS[Number(entry['level'])] ?? ((message: string) => message);
  return `${paint(plain(entry['msg'] ?? ''))} ${text}`.trim() + (stack ? `\n${pc.red(stack)}` : '');
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    return 'level' in value ? value : undefined;
  } catch {
    return undefined;
  }
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
