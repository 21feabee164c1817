import type { IncomingMessage } from 'node:http';

/**
 * The path of a request as it was sent: undecoded, without the query, and without the scheme and host that a proxy may
 * have put before it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function rawPathOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  const [path = ''] = url.split(/[?#]/, 1);
  return path.startsWith('/') ? path : path.replace(/^[A-Za-z][\w+.-]*:\/\/[^/]*/, '') || '/';
}

/**
 * The names and values of a query, decoded, in their order; `+` is a space, as forms write it.
 *
 * @throws URIError for an escape that is not UTF-8, or a `%` that begins none
 */
export function queryOf({ url = '' }: Pick<IncomingMessage, 'url'>): URLSearchParams {
  const start = url.indexOf('?');
  const query = start < 0 ? '' : (url.slice(start + 1).split('#', 1)[0] ?? '');
  // URLSearchParams would leave these as they are.
  if (query.includes('%')) decodeURIComponent(query);
  return new URLSearchParams(query);
}
