import { readScrape, type Scrape, trafficBetween } from '../metrics-view/scrapes';
import { joinTraffic, type Traffic } from '../metrics-view/traffic';
import { type Endpoint, httpGet } from './http-get';

/** Follows a page of metrics. */
export interface MetricsPage {
  /**
   * Reads the page.
   *
   * @returns the calls since the reading before it, and of those before that as far as they are in the window;
   *   nothing at the first reading
   * @throws Error when nothing answers, or not a page of metrics
   */
  read(): Promise<Traffic | undefined>;
}

/** @param windowMs how long ago calls may be to count */
export function followMetricsPage(endpoint: Endpoint, windowMs: number): MetricsPage {
  let last: Scrape | undefined;
  let parts: { at: number; traffic: Traffic }[] = [];
  return {
    async read() {
      const before = last;
      last = await scrape(endpoint);
      if (!before) return undefined;
      parts.push({ at: before.at, traffic: trafficBetween(before, last) });
      const oldest = last.at - windowMs;
      // Half of an interval of grace, or each reading that is late by a little would push one out.
      parts = parts.filter(({ at, traffic }) => at >= oldest - traffic.seconds * 500);
      return joinTraffic(parts.map(({ traffic }) => traffic));
    },
  };
}

async function scrape(endpoint: Endpoint): Promise<Scrape> {
  const { status, text } = await httpGet(endpoint, '/metrics');
  try {
    if (status !== 200) throw new Error(`HTTP ${status}`);
    return readScrape(text, performance.now());
  } catch (error) {
    throw new Error(`${endpoint.url}/metrics is not a page of metrics: ${(error as Error).message}`, { cause: error });
  }
}
