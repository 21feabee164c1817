/** How many resources of each kind keep this process alive. */
export type OpenResources = ReadonlyMap<string, number>;

/** Work that ends by itself in a moment, and timers of jest's own. */
const PASSING = new Set(['Immediate', 'FSReqCallback', 'FSReqPromise', 'GetAddrInfoReqWrap', 'TCPConnectWrap']);

export function openResources(): OpenResources {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** What is open now and was not before, such as `2 TCPServerWrap`. */
export function leftOpen(before: OpenResources): string[] {
  return [...openResources()]
    .filter(([kind]) => !PASSING.has(kind))
    .map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const)
    .filter(([, more]) => more > 0)
    .map(([kind, more]) => `${more} ${kind}`);
}
