/**
 * Names of metrics and labels, like those of the OpenTelemetry collector's Prometheus exporter.
 *
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */

/** The kind of a metric, which its name depends on. */
export type NamedKind = 'counter' | 'gauge' | 'other';

const UNITS: Record<string, string> = {
  ...{ d: 'days', h: 'hours', min: 'minutes', s: 'seconds', ms: 'milliseconds', us: 'microseconds', ns: 'nanoseconds' },
  ...{ By: 'bytes', KiBy: 'kibibytes', MiBy: 'mebibytes', GiBy: 'gibibytes', TiBy: 'tibibytes' },
  ...{ KBy: 'kilobytes', MBy: 'megabytes', GBy: 'gigabytes', TBy: 'terabytes' },
  ...{ m: 'meters', V: 'volts', A: 'amperes', J: 'joules', W: 'watts', g: 'grams' },
  ...{ Cel: 'celsius', Hz: 'hertz', '1': '', '%': 'percent' },
};

const PER_UNITS: Record<string, string> = {
  ...{ s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month', y: 'year' },
};

/**
 * Makes the name of a metric: `http.server.request.duration` in `s` becomes `http_server_request_duration_seconds`.
 *
 * @returns undefined for a name without a letter or digit
 */
export function metricName(name: string, unit: string, kind: NamedKind): string | undefined {
  const [main, per] = suffixesOf(unit);
  let tokens = name.split(/[^a-zA-Z0-9:]+/).filter(Boolean);
  const perUnit = tokens.includes(per) ? '' : per;
  const mainUnit = tokens.includes(main) ? '' : perUnit === '' ? main : main.replace(/_$/, '');
  tokens.push(...[mainUnit, perUnit].filter(Boolean));
  if (kind === 'counter') tokens = moveLast(tokens, 'total');
  if (kind === 'gauge' && unit === '1') tokens = moveLast(tokens, 'ratio');
  const joined = tokens.join('_');
  if (/^[_]*$/.test(joined)) return undefined;
  return /^\d/.test(joined) ? `_${joined}` : joined;
}

function moveLast(tokens: readonly string[], last: string): string[] {
  return [...tokens.filter((each) => each !== last), last];
}

/** Splits a unit: `By/s` is `bytes` and `per_second`. Braces contain annotations. */
function suffixesOf(unit: string): [string, string] {
  const slash = unit.indexOf('/');
  const [main, per] = slash < 0 ? [unit, ''] : [unit.slice(0, slash), unit.slice(slash + 1)];
  const suffix = (part: string, known: Record<string, string>): string => {
    const trimmed = part.trim();
    if (/[{}]/.test(trimmed)) return '';
    return (Object.hasOwn(known, trimmed) ? known[trimmed] : trimmed) ?? '';
  };
  const [mainSuffix, perSuffix] = [suffix(main, UNITS), suffix(per, PER_UNITS)];
  const perClean = perSuffix === '' ? '' : clean(`per_${perSuffix}`);
  return [clean(mainSuffix), perClean === 'per_' ? '' : perClean.replace(/_$/, '')];
}

function clean(unit: string): string {
  return unit
    .replace(/[^a-zA-Z0-9:]/gu, '_')
    .replace(/_+/g, '_')
    .replace(/^_/, '');
}

/** Makes the name of a label. @returns undefined for a name without a letter or digit */
export function labelName(name: string): string | undefined {
  const cleaned = name.replace(/[^a-zA-Z0-9]/gu, '_');
  if (/^_*$/.test(cleaned)) return undefined;
  return /^\d/.test(cleaned) ? `key_${cleaned}` : cleaned;
}
