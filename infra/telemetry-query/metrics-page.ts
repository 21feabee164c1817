import { readScrape, type Scrape, trafficBetween } from '../metrics-view/scrapes';
import { joinTraffic, type Traffic } from '../metrics-view/traffic';
import { type Endpoint, httpGet } from './http-get';

/** Reads a page of metrics again and again. */
export interface MetricsPage {
  /**
   * Reads the page.
   *
   * @returns the calls in the window; undefined on the first reading
   * @throws Error if the server does not answer with a page of metrics
   */
  read(): Promise<Traffic | undefined>;
}

/** @param windowMs the length of the window, which ends now */
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
      // Half an interval of tolerance: otherwise a slightly late reading would drop one from the window.
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
